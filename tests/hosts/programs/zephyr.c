/* SPDX-License-Identifier: MIT */
/* Zephyr: flush is a clean, invd an invalidate; what comes back. */
// compilers: gcc clang-14
// build: $cc --host=zephyr -Wall -Wextra -Werror -o p $src
// build: $cc --host=zephyr -DCONFIG_DCACHE=0 -DCONFIG_ICACHE=0 -Wall -Wextra -Werror -o off $src
// run: CCSAN_OPTIONS=cpu=cortex-m7:exitcode=0:log_path=log:symbolize=0 ./p
// expect: ^all as documented$
// run: CCSAN_OPTIONS=cpu=cortex-a9-pl310:exitcode=0:log_path=log:symbolize=0 ./p ranges
// expect: ^all as documented$
// run: ./off
// expect: ^all as documented$
#include <zephyr/cache.h>

#include "probe.h"

static __nocache __aligned(64) char uncached[64];

static void ranges(void)
{
	char *p = probe_memory;

	DEVICE_SEES(0, true, sys_cache_data_flush_range(p, 1));
	DEVICE_SEES(0, true, sys_cache_data_flush_and_invd_range(p, 1));
	DEVICE_SEES(0, false, sys_cache_data_flush_range(p, 0));
	DEVICE_SEES(32, true, sys_cache_data_flush_range(p + 31, 2));
	DEVICE_SEES(32, false, sys_cache_data_flush_range(p, 32));
	CPU_SEES(0, true, sys_cache_data_invd_range(p, 1));
	CPU_SEES(0, false, sys_cache_data_flush_range(p, 1));
	LOSES(8, true, sys_cache_data_invd_range(p, 8));
	LOSES(8, false, sys_cache_data_flush_and_invd_range(p, 8));
	DEVICE_SEES(0, false, sys_cache_instr_invd_range(p, 64));
}

/* Without an outer cache, from which L1 would fetch the old bytes again before that is flushed. */
static void whole(void)
{
	CPU_SEES(0, true, sys_cache_data_flush_and_invd_range(probe_memory, 1));
	DEVICE_SEES(0, true, sys_cache_data_flush_all());
	DEVICE_SEES(0, true, sys_cache_data_flush_and_invd_all());
	CPU_SEES(0, true, sys_cache_data_invd_all());
	CPU_SEES(0, true, sys_cache_data_flush_and_invd_all());
	CPU_SEES(0, false, sys_cache_data_flush_all());
	DEVICE_SEES(0, true, sys_cache_data_disable());
	DEVICE_SEES(0, true, sys_cache_data_enable());
	DEVICE_SEES(0, false, sys_cache_instr_invd_all());
}

static void answers(int supported)
{
	char *p = probe_memory;

	IS(sys_cache_data_flush_range(p, 1) == supported);
	IS(sys_cache_data_invd_range(p, 1) == supported);
	IS(sys_cache_data_flush_and_invd_range(p, 1) == supported);
	IS(sys_cache_data_flush_all() == supported);
	IS(sys_cache_data_flush_and_invd_all() == supported);
	IS(sys_cache_data_invd_all() == supported);
	IS(sys_cache_instr_invd_all() == supported);
	IS(sys_cache_instr_invd_range(p, 1) == supported);
	IS(sys_cache_instr_flush_all() == -ENOTSUP);
	IS(sys_cache_instr_flush_range(p, 1) == -ENOTSUP);
	IS(sys_cache_instr_flush_and_invd_all() == -ENOTSUP);
	IS(sys_cache_instr_flush_and_invd_range(p, 1) == -ENOTSUP);
	IS(sys_cache_data_line_size_get() == (supported ? 0 : ccsan_line_size()));
	IS(!sys_cache_is_ptr_cached(p) && !sys_cache_is_ptr_uncached(p));
	IS(sys_cache_cached_ptr_get(p) == p && sys_cache_uncached_ptr_get(p) == p);
}

static void nocache(void)
{
	unsigned before = ccsan_finding_count();
	char byte;

	uncached[3] = 1;
	ccsan_device_read(probe_device, (ccsan_phys)(uintptr_t)&uncached[3], &byte, 1);
	probe_judge("__nocache", ccsan_finding_count() - before, 0);
}

int main(int argc, char **argv)
{
	(void)argv;
	probe_fresh();
	nocache();
	if (!CONFIG_DCACHE) {
		answers(-ENOTSUP);
		return probe_result();
	}
	ranges();
	if (argc == 1)
		whole();
	if (argc == 1)
		answers(0);
	return probe_result();
}
