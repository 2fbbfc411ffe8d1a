/* SPDX-License-Identifier: MIT */
/* machine/hosted.h: page tables of a hosted operating system, its faults, its context switch. */
#include <string.h>

#include "runtime/exploring/explore.h"
#include "machine/hosted.h"

#define PC ((uint64_t)(uintptr_t)__builtin_return_address(0))

static bool (*on_fault)(unsigned space, uint64_t va, bool write);

enum { MOST_HOOKS = 4 };

static bool (*on_switch[MOST_HOOKS])(void);

void ccsan_hosted_on_fault(bool (*fault)(unsigned space, uint64_t va, bool write))
{
	on_fault = fault;
}

void ccsan_hosted_on_switch(bool (*resume)(void))
{
	unsigned i = 0;

	while (i < MOST_HOOKS && on_switch[i] && on_switch[i] != resume)
		i++;
	ccsan_assert(i < MOST_HOOKS);
	on_switch[i] = resume;
}

/* Handlers run to their end before their CPU goes on, in the space that they found. */
void ccsan_resumed(void)
{
	enum ccsan_role role;

	if (!on_switch[0] || ccsan_is_quiet())
		return;
	role = ccsan_stage_role(ccsan_rt.stage, ccsan_stage_current(ccsan_rt.stage));
	if (role != CCSAN_THREAD)
		return;
	ccsan_set_quiet(true);
	for (unsigned i = 0; i < MOST_HOOKS && on_switch[i]; i++)
		if (on_switch[i]())
			ccsan_touch(CCSAN_NAMES_STATE, CCSAN_STATE_SPACE, CCSAN_LOOKS);
	ccsan_set_quiet(false);
}

/* --- faults --- */

static bool is_allowed(struct ccsan_address at, bool write)
{
	bool allowed = true;

	if (ccsan_enter(ccsan_self.pc)) {
		allowed = ccsan_machine_allows(ccsan_rt.machine, at.space, at.va, write);
		ccsan_leave();
	}
	return allowed;
}

/* A kernel address that is not mapped is nobody's to map. */
static bool can_be_mapped(struct ccsan_address at, bool write)
{
	return at.va < CCSAN_USER_END || (write && is_allowed(at, false));
}

/* Faults nest where a handler touches what is not mapped: the outer one's frame comes back. */
static bool handle(struct ccsan_address at, bool write, uint64_t pc)
{
	const uint64_t *frame = ccsan_self.fault_frame;
	uint64_t outer_pc = ccsan_self.fault_pc;
	bool handled;

	ccsan_self.fault_frame = ccsan_stack_top;
	ccsan_self.fault_pc = pc;
	handled = on_fault(at.space, at.va, write);
	ccsan_self.fault_frame = frame;
	ccsan_self.fault_pc = outer_pc;
	return handled;
}

/* Return: whether all was allowed at once, so that nobody else ran meanwhile. */
static bool pass(enum ccsan_operation operation, uint64_t address, size_t bytes, uint64_t pc,
		 bool *hopeless)
{
	uint64_t page = ccsan_machine_page_bytes(ccsan_rt.machine), next;
	bool write = operation == CCSAN_WRITE, at_once = true;

	for (uint64_t at = address; at < address + bytes; at = next) {
		struct ccsan_address simulated = ccsan_simulated(at);

		next = (at & ~(page - 1)) + page;
		if (ccsan_acting()) /* whether it is a fault depends on who changed the entry */
			ccsan_touch(CCSAN_NAMES_PAGE, at >> 12, CCSAN_LOOKS);
		if (is_allowed(simulated, write))
			continue;
		at_once = false;
		*hopeless |= !can_be_mapped(simulated, write) || !handle(simulated, write, pc);
	}
	return at_once;
}

bool ccsan_fault_in(enum ccsan_operation operation, uint64_t address, size_t bytes, uint64_t pc)
{
	bool hopeless = false;

	if (!on_fault)
		return true;
	while (!pass(operation, address, bytes, pc, &hopeless) && !hopeless)
		;
	return !hopeless;
}

void ccsan_fault_in_both(enum ccsan_operation operation, uint64_t address,
			 enum ccsan_operation with, uint64_t other, size_t bytes, uint64_t pc)
{
	bool hopeless = false, at_once;

	if (!on_fault)
		return;
	do {
		at_once = pass(operation, address, bytes, pc, &hopeless);
		at_once &= pass(with, other, bytes, pc, &hopeless);
	} while (!at_once && !hopeless);
}

void ccsan_hosted_expect_faults(unsigned space, uint64_t va, uint64_t bytes)
{
	ccsan_start();
	memset(ccsan_permit_of(ccsan_hosted(space, va)), CCSAN_ALL_SLOW,
	       bytes >> CCSAN_PERMIT_SHIFT);
}

/* --- page tables --- */

static void before_mapping(unsigned space, uint64_t va, unsigned pages)
{
	ccsan_start();
	ccsan_before_mapping(ccsan_hosted(space, va), pages * ccsan_page_size());
}

/* What was at these addresses may have been fetched once more between its last flush and its end,
 * on a CPU that speculates; where tags are virtual, it would answer for the new page. So an
 * operating system for such a CPU, which only `worst` is, flushes addresses when it gives them a
 * page. Without tags of the space, another process's line may be there, and dirty: it is written
 * back. */
void ccsan_discard_at_mapping(unsigned space, uint64_t va, uint64_t bytes)
{
	const struct ccsan_cpu *cpu = ccsan_machine_cpu(ccsan_rt.machine);
	struct ccsan_event event = { .operation = CCSAN_FLUSH,
				     .at = { .space = space, .va = va },
				     .cpu = ccsan_this_cpu(),
				     .origin = ccsan_origin(ccsan_self.pc) };
	uint64_t changed;

	if (cpu->data.type == CCSAN_CACHE_VIVT && cpu->speculative)
		ccsan_machine_maintain(ccsan_rt.machine, &event, bytes, &changed);
}

void *ccsan_hosted_map_user(ccsan_phys frames, unsigned pages, unsigned attributes, unsigned space,
			    uint64_t va)
{
	struct ccsan_wish wish = { .attributes =
					   (attributes & ~(unsigned)CCSAN_REGION_MASK) | CCSAN_USER,
				   .space = space,
				   .fixed = true,
				   .va = va };
	uint64_t mapped = 0;

	before_mapping(space, va, pages);
	if (!ccsan_enter(ccsan_self.pc))
		return NULL;
	if (ccsan_machine_has_space(ccsan_rt.machine, space) &&
	    ccsan_machine_has_frames(ccsan_rt.machine, frames, pages * ccsan_page_size()))
		mapped = ccsan_machine_map(ccsan_rt.machine, frames, pages, &wish);
	if (mapped)
		ccsan_discard_at_mapping(space, va, pages * ccsan_page_size());
	ccsan_leave();
	return mapped ? ccsan_hosted_pointer(space, va) : NULL;
}

void ccsan_hosted_unmap(unsigned space, uint64_t va, unsigned pages)
{
	before_mapping(space, va, pages);
	if (!ccsan_enter(ccsan_self.pc))
		return;
	ccsan_machine_unmap(ccsan_rt.machine, space, va, pages);
	if (!space)
		ccsan_machine_retire_alias(ccsan_rt.machine, space, va, pages, ccsan_origin(PC));
	ccsan_leave();
}

void ccsan_hosted_protect(unsigned space, uint64_t va, unsigned pages, bool writable)
{
	before_mapping(space, va, pages);
	if (!ccsan_enter(ccsan_self.pc))
		return;
	ccsan_machine_protect(ccsan_rt.machine, space, va, pages, writable);
	ccsan_leave();
}

/* --- addresses --- */

void *ccsan_hosted_pointer(unsigned space, uint64_t va)
{
	return (void *)(uintptr_t)ccsan_hosted(space, va); // NOLINT: an alias
}

uint64_t ccsan_hosted_address(const volatile void *p, unsigned *space)
{
	struct ccsan_address at = ccsan_simulated((uint64_t)(uintptr_t)p);

	*space = at.space;
	return at.va & ~CCSAN_OWN_MEMORY;
}
