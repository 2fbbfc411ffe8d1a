/* SPDX-License-Identifier: MIT */
/*
 * Every function of asm/cacheflush.h, on every CPU: bug_ tests leave it out, ok_ tests do not.
 * ports.expect says what each has to find, and where.
 */
#include <ccsan/behaviour.h>
#include <ccsan/ccsan.h>
#include <ccsan/linux.h>
#include <ccsan/process.h>
#include <ccsan/testfs.h>
#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/pgtable.h>
#include <linux/syscalls.h>
#include <linux/vmalloc.h>
#include <string.h>

enum { PAGES = 64 };

/* A process, which is entered, and a page of it: of a file or anonymous, at a user address whose
 * colour is not that of the kernel's, where there are colours. */
struct world {
	pid_t pid;
	struct inode *inode;
	struct file *file;
	volatile char *user;
	struct page *page;
	pgoff_t index;
};

__attribute__((constructor)) static void without_highmem(void)
{
	ccsan_linux_param("highmem=0");
}

static bool aliases(const struct page *page, const volatile char *user)
{
	return ccsan_colour_count() == 1 ||
	       ccsan_colour_of(page_address(page)) != ccsan_colour_of(user);
}

static void begin(struct world *w)
{
	*w = (struct world){ .pid = ccsan_linux_process_new("user") };
	ccsan_linux_enter(w->pid);
}

static void end(struct world *w)
{
	if (w->page)
		put_page(w->page);
	ccsan_linux_leave();
	ccsan_linux_end(w->pid);
	if (w->inode) {
		filp_close(w->file, NULL);
		ccsan_linux_testfs_free(w->inode);
	}
}

static volatile char *map_file(struct world *w, unsigned long prot)
{
	return (volatile char *)ccsan_user_pointer(
		current->mm,
		vm_mmap(w->file, 0, PAGE_SIZE, prot, MAP_SHARED, w->index << PAGE_SHIFT));
}

/* A shared mapping agrees with its index: so choose that. */
static void begin_file(struct world *w)
{
	begin(w);
	w->inode = ccsan_linux_testfs(PAGES * PAGE_SIZE, 0);
	w->file = ccsan_linux_open(w->inode, O_RDWR);
	for (w->index = 0; w->index < PAGES; w->index++) {
		w->page = read_mapping_page(w->inode->i_mapping, w->index, NULL);
		w->user = map_file(w, PROT_READ | PROT_WRITE);
		if (aliases(w->page, w->user))
			return;
		sys_munmap((unsigned long)w->user, PAGE_SIZE);
		put_page(w->page);
	}
	CCSAN_CHECK(w->index < PAGES);
}

static struct page *page_at(volatile char *user)
{
	struct mm_struct *mm = current->mm;
	struct page *page;

	mmap_read_lock(mm);
	page = follow_page(find_vma(mm, untagged_addr((unsigned long)user)), (unsigned long)user,
			   FOLL_GET);
	mmap_read_unlock(mm);
	return page;
}

static volatile char *map_anonymous(size_t pages)
{
	return (volatile char *)sys_mmap(0, pages * PAGE_SIZE, PROT_READ | PROT_WRITE,
					 MAP_PRIVATE | MAP_ANONYMOUS, -1ul, 0);
}

/* Frames come in order, and so do addresses: a page taken out shifts them against each other. */
static void begin_anonymous(struct world *w)
{
	struct page *spare[PAGES];
	int count = 0;

	begin(w);
	for (;;) {
		w->user = map_anonymous(1);
		w->user[0] = 'a';
		w->page = page_at(w->user);
		if (aliases(w->page, w->user) || count == PAGES)
			break;
		put_page(w->page);
		spare[count++] = alloc_page(GFP_KERNEL);
	}
	CCSAN_CHECK(count < PAGES);
	while (count)
		__free_page(spare[--count]);
}

static void kernel_stores(struct page *page, char c)
{
	char *kernel = kmap(page);

	memset(kernel, c, 64);
	kunmap(page);
}

/* A pointer, so that nothing is copied through a cache that is not looked at. */
static char kernel_loads(struct page *page)
{
	volatile char *kernel = kmap(page);
	char c = kernel[0];

	kunmap(page);
	return c;
}

/* --- flush_dcache_page() --- */

static void file_stored(bool flush)
{
	struct world w;

	begin_file(&w);
	CCSAN_CHECK(w.user[0] == 0);
	kernel_stores(w.page, 'k');
	if (flush)
		flush_dcache_page(w.page);
	CCSAN_CHECK(w.user[0] == 'k');
	end(&w);
}

CCSAN_TEST(bug_file_stored)
{
	file_stored(false);
}

CCSAN_TEST(ok_file_stored)
{
	file_stored(true);
}

static void file_loaded(bool flush)
{
	struct world w;

	begin_file(&w);
	w.user[0] = 'x';
	flush_dcache_page(w.page);
	CCSAN_CHECK(kernel_loads(w.page) == 'x');
	w.user[0] = 'u';
	if (flush)
		flush_dcache_page(w.page);
	CCSAN_CHECK(kernel_loads(w.page) == 'u');
	end(&w);
}

CCSAN_TEST(bug_file_loaded)
{
	file_loaded(false);
}

CCSAN_TEST(ok_file_loaded)
{
	file_loaded(true);
}

/* Nobody maps the page when it is flushed: what is put off is done when somebody does. That it was
 * mapped before is for ports that take new pages for dirty ones. */
static void file_deferred(bool flush)
{
	struct world w;

	begin_file(&w);
	CCSAN_CHECK(w.user[0] == 0);
	sys_munmap((unsigned long)w.user, PAGE_SIZE);
	kernel_stores(w.page, 'k');
	if (flush)
		flush_dcache_page(w.page);
	w.user = map_file(&w, PROT_READ | PROT_WRITE);
	CCSAN_CHECK(w.user[0] == 'k');
	end(&w);
}

CCSAN_TEST(bug_file_deferred)
{
	file_deferred(false);
}

CCSAN_TEST(ok_file_deferred)
{
	file_deferred(true);
}

/* A second process: its lines are somewhere else, or were flushed at the switch. */
static void file_of_two(bool flush)
{
	struct world w;
	volatile char *other;
	pid_t pid;

	begin_file(&w);
	CCSAN_CHECK(kernel_loads(w.page) == 0);
	pid = ccsan_linux_process_new("other");
	ccsan_linux_enter(pid);
	other = map_file(&w, PROT_READ | PROT_WRITE);
	other[0] = 'o';
	ccsan_linux_leave();
	CCSAN_CHECK(w.user[0] == 'o');
	w.user[1] = 'u';
	if (flush)
		flush_dcache_page(w.page);
	CCSAN_CHECK(kernel_loads(w.page) == 'o');
	kernel_stores(w.page, 'k');
	if (flush)
		flush_dcache_page(w.page);
	ccsan_linux_enter(pid);
	CCSAN_CHECK(other[1] == 'k');
	ccsan_linux_leave();
	ccsan_linux_end(pid);
	end(&w);
}

CCSAN_TEST(bug_file_of_two)
{
	file_of_two(false);
}

CCSAN_TEST(ok_file_of_two)
{
	file_of_two(true);
}

/* One process, one page, two addresses, and no call in between: VIVT caches cannot have both. */
CCSAN_TEST(ok_file_mapped_twice)
{
	struct world w;
	volatile char *second;

	begin_file(&w);
	w.user[0] = 'u';
	second = map_file(&w, PROT_READ | PROT_WRITE);
	CCSAN_CHECK(second[0] == 'u');
	second[0] = 's';
	CCSAN_CHECK(w.user[0] == 's');
	flush_dcache_page(w.page);
	CCSAN_CHECK(kernel_loads(w.page) == 's');
	end(&w);
}

/* --- anonymous pages --- */

static void get_page_of(struct world *w)
{
	struct page *page;

	mmap_read_lock(current->mm);
	CCSAN_CHECK(get_user_pages((unsigned long)w->user, 1, FOLL_WRITE, &page, NULL) == 1);
	mmap_read_unlock(current->mm);
	CCSAN_CHECK(page == w->page);
	put_page(page);
}

static void anonymous_loaded(int how)
{
	struct world w;

	begin_anonymous(&w);
	ccsan_behaviour.anon_flush = CCSAN_ANON_FLUSH_WALK;
	get_page_of(&w);
	CCSAN_CHECK(kernel_loads(w.page) == 'a');
	w.user[0] = 'u';
	ccsan_behaviour.anon_flush = how;
	get_page_of(&w);
	CCSAN_CHECK(kernel_loads(w.page) == 'u');
	ccsan_behaviour.anon_flush = CCSAN_ANON_FLUSH_WALK;
	end(&w);
}

CCSAN_TEST(bug_anonymous_loaded)
{
	anonymous_loaded(CCSAN_ANON_FLUSH_NONE);
}

CCSAN_TEST(ok_anonymous_loaded)
{
	anonymous_loaded(CCSAN_ANON_FLUSH_WALK);
}

CCSAN_TEST(ok_anonymous_loaded_gup)
{
	anonymous_loaded(CCSAN_ANON_FLUSH_GUP);
}

static void anonymous_stored(void (*flush)(struct page *page))
{
	struct world w;

	begin_anonymous(&w);
	CCSAN_CHECK(w.user[0] == 'a');
	get_page_of(&w);
	kernel_stores(w.page, 'k');
	if (flush)
		flush(w.page);
	CCSAN_CHECK(w.user[0] == 'k');
	end(&w);
}

CCSAN_TEST(bug_anonymous_stored)
{
	anonymous_stored(NULL);
}

CCSAN_TEST(ok_anonymous_stored)
{
	anonymous_stored(flush_dcache_page);
}

CCSAN_TEST(ok_anonymous_stored_kernel)
{
	anonymous_stored(flush_kernel_dcache_page);
}

/* --- copies --- */

static void copied(bool right)
{
	struct page *to = alloc_page(GFP_KERNEL);
	struct world w;

	begin_anonymous(&w);
	get_page_of(&w);
	CCSAN_CHECK(kernel_loads(w.page) == 'a');
	memset((char *)w.user, 'u', 64);
	if (right)
		copy_user_highpage(to, w.page, untagged_addr((unsigned long)w.user),
				   find_vma(current->mm, untagged_addr((unsigned long)w.user)));
	else
		copy_highpage(to, w.page);
	end(&w);
	__free_page(to);
}

CCSAN_TEST(bug_copied)
{
	copied(false);
}

CCSAN_TEST(ok_copied)
{
	copied(true);
}

/* What the child gets by copy-on-write, and what the parent keeps. */
CCSAN_TEST(ok_copied_on_write)
{
	struct world w;
	pid_t child;

	begin_anonymous(&w);
	memset((char *)w.user, 'p', 64);
	child = ccsan_linux_fork_new();
	ccsan_linux_enter(child);
	w.user = (volatile char *)ccsan_user_pointer(current->mm,
						     untagged_addr((unsigned long)w.user));
	w.user[1] = 'c';
	CCSAN_CHECK(w.user[0] == 'p');
	ccsan_linux_leave();
	w.user = (volatile char *)ccsan_user_pointer(current->mm,
						     untagged_addr((unsigned long)w.user));
	CCSAN_CHECK(w.user[1] == 'p');
	w.user[0] = 'q';
	ccsan_linux_enter(child);
	w.user = (volatile char *)ccsan_user_pointer(current->mm,
						     untagged_addr((unsigned long)w.user));
	CCSAN_CHECK(w.user[1] == 'c' && w.user[0] == 'p');
	ccsan_linux_leave();
	ccsan_linux_end(child);
	end(&w);
}

/* A page that was zeroed by the kernel's mapping alone: mapped by hand, at an address that was
 * never used. */
CCSAN_TEST(bug_cleared)
{
	unsigned long at;
	struct world w;

	begin_anonymous(&w);
	at = untagged_addr((unsigned long)w.user) + (64ul << 20); /* of the same colour */
	sys_munmap((unsigned long)w.user, PAGE_SIZE);             /* w.page has a reference still */
	clear_highpage(w.page);
	w.user = ccsan_map_at(page_to_phys(w.page), 1, CCSAN_USER, current->mm->space, at);
	CCSAN_CHECK(w.user[0] == 0);
	ccsan_unmap((const void *)w.user, 1);
	end(&w);
}

/* By a fault, where the page's last owner left lines. */
CCSAN_TEST(ok_cleared)
{
	struct page *spare[8];
	struct world w;

	begin(&w);
	for (int i = 0; i < 8; i++) {
		spare[i] = alloc_page(GFP_KERNEL);
		kernel_stores(spare[i], 'x');
	}
	for (int i = 0; i < 8; i++)
		__free_page(spare[i]);
	for (int i = 0; i < 8; i++) {
		w.user = map_anonymous(1);
		w.user[1] = 'a';
		CCSAN_CHECK(w.user[0] == 0);
	}
	end(&w);
}

/* --- a debugger --- */

static void poked(bool right)
{
	struct task_struct *task;
	char text[64];
	struct world w;

	begin_anonymous(&w);
	CCSAN_CHECK(w.user[0] == 'a');
	task = ccsan_linux_task(w.pid);
	ccsan_linux_leave();
	memset(text, 'd', sizeof(text));
	if (right) {
		CCSAN_CHECK(access_process_vm(task, (unsigned long)w.user, text, sizeof(text),
					      FOLL_WRITE | FOLL_FORCE) == sizeof(text));
	} else {
		memcpy(kmap(w.page), text, sizeof(text));
		kunmap(w.page);
	}
	ccsan_linux_enter(w.pid);
	CCSAN_CHECK(w.user[0] == 'd');
	end(&w);
}

CCSAN_TEST(bug_poked)
{
	poked(false);
}

CCSAN_TEST(ok_poked)
{
	poked(true);
}

static void peeked(bool right)
{
	struct task_struct *task;
	char text[64];
	struct world w;

	begin_anonymous(&w);
	get_page_of(&w);
	CCSAN_CHECK(kernel_loads(w.page) == 'a');
	w.user[0] = 'u';
	task = ccsan_linux_task(w.pid);
	if (right) {
		CCSAN_CHECK(access_process_vm(task, (unsigned long)w.user, text, sizeof(text), 0) ==
			    sizeof(text));
	} else {
		memcpy(text, kmap(w.page), sizeof(text));
		kunmap(w.page);
	}
	CCSAN_CHECK(text[0] == 'u');
	end(&w);
}

CCSAN_TEST(bug_peeked)
{
	peeked(false);
}

CCSAN_TEST(ok_peeked)
{
	peeked(true);
}

/* --- whole mappings: what is flushed is in memory, which only a device sees --- */

static void device_reads(struct page *page, const volatile char *through)
{
	static struct ccsan_device *device;
	char c;

	device = device ? device : ccsan_device_new("disk", 0);
	ccsan_outer_flush(through, 64);
	ccsan_barrier();
	ccsan_device_read(device, page_to_phys(page), &c, 1);
}

static void flush_by_range(struct vm_area_struct *vma, unsigned long at, unsigned long pfn)
{
	(void)pfn;
	flush_cache_range(vma, at, at + PAGE_SIZE);
}

static void flush_by_mm(struct vm_area_struct *vma, unsigned long at, unsigned long pfn)
{
	(void)at;
	(void)pfn;
	flush_cache_mm(vma->vm_mm);
}

static void flush_by_dup_mm(struct vm_area_struct *vma, unsigned long at, unsigned long pfn)
{
	(void)at;
	(void)pfn;
	flush_cache_dup_mm(vma->vm_mm);
}

static void unmapped(void (*flush)(struct vm_area_struct *, unsigned long, unsigned long))
{
	unsigned long at;
	struct world w;

	begin_anonymous(&w);
	at = untagged_addr((unsigned long)w.user);
	w.user[0] = 'u';
	if (flush)
		flush(find_vma(current->mm, at), at, page_to_pfn(w.page));
	device_reads(w.page, w.user);
	end(&w);
}

CCSAN_TEST(bug_unmapped)
{
	unmapped(NULL);
}

CCSAN_TEST(ok_unmapped_page)
{
	unmapped(flush_cache_page);
}

CCSAN_TEST(ok_unmapped_range)
{
	unmapped(flush_by_range);
}

CCSAN_TEST(ok_unmapped_mm)
{
	unmapped(flush_by_mm);
}

CCSAN_TEST(ok_unmapped_dup_mm)
{
	unmapped(flush_by_dup_mm);
}

/* Two processes with different pages at one address. */
static void switched(bool right)
{
	volatile char *one = NULL, *two = NULL;
	pid_t pid[2];

	for (int i = 0; i < 2; i++) {
		pid[i] = ccsan_linux_process_new("user");
		ccsan_linux_enter(pid[i]);
		*(i ? &two : &one) = map_anonymous(1);
		(i ? two : one)[0] = (char)('1' + i);
		ccsan_linux_leave();
	}
	CCSAN_CHECK(untagged_addr((unsigned long)one) == untagged_addr((unsigned long)two));
	ccsan_linux_enter(pid[0]);
	one[0] = '3';
	if (right)
		ccsan_linux_enter(pid[1]);
	CCSAN_CHECK(two[0] == '2');
	if (right)
		ccsan_linux_leave();
	ccsan_linux_leave();
	ccsan_linux_end(pid[0]);
	ccsan_linux_end(pid[1]);
}

CCSAN_TEST(bug_switched)
{
	switched(false);
}

CCSAN_TEST(ok_switched)
{
	switched(true);
}

/* --- the kernel's second mappings --- */

struct second {
	struct page *page;
	volatile char *vmap;
};

static void begin_vmap(struct second *s)
{
	unsigned int colour;

	for (int i = 0; i < 8; i++) {
		s->page = alloc_page(GFP_KERNEL | __GFP_ZERO);
		s->vmap = vmap(&s->page, 1, VM_MAP, PAGE_KERNEL);
		if (aliases(s->page, s->vmap))
			return;
		colour = ccsan_colour_of(page_address(s->page)) + 1;
		vunmap((void *)s->vmap);
		__free_page(s->page);
		s->page = ccsan_linux_alloc_colour(GFP_KERNEL, colour);
		s->vmap = vmap(&s->page, 1, VM_MAP, PAGE_KERNEL);
		if (aliases(s->page, s->vmap))
			return;
		vunmap((void *)s->vmap);
		__free_page(s->page);
	}
	CCSAN_CHECK(false);
}

static void end_vmap(struct second *s)
{
	vunmap((void *)s->vmap);
	__free_page(s->page);
}

static void vmap_stored(bool flush)
{
	struct second s;

	begin_vmap(&s);
	s.vmap[0] = 'v';
	if (flush)
		flush_kernel_vmap_range((void *)s.vmap, (int)PAGE_SIZE);
	device_reads(s.page, s.vmap);
	end_vmap(&s);
}

CCSAN_TEST(bug_vmap_stored)
{
	vmap_stored(false);
}

CCSAN_TEST(ok_vmap_stored)
{
	vmap_stored(true);
}

static void vmap_loaded(bool invalidate)
{
	struct second s;

	begin_vmap(&s);
	flush_dcache_page(s.page);
	invalidate_kernel_vmap_range((void *)s.vmap, (int)PAGE_SIZE);
	CCSAN_CHECK(s.vmap[0] == 0);
	kernel_stores(s.page, 'k');
	flush_dcache_page(s.page);
	if (invalidate)
		invalidate_kernel_vmap_range((void *)s.vmap, (int)PAGE_SIZE);
	CCSAN_CHECK(s.vmap[0] == 'k');
	end_vmap(&s);
}

CCSAN_TEST(bug_vmap_loaded)
{
	vmap_loaded(false);
}

CCSAN_TEST(ok_vmap_loaded)
{
	vmap_loaded(true);
}

/* What a mapping leaves behind when it goes. */
static void vmap_gone(bool flush)
{
	struct second s;

	begin_vmap(&s);
	flush_dcache_page(s.page);
	s.vmap[0] = 'v';
	if (flush) {
		vunmap((void *)s.vmap);
	} else {
		ccsan_unmap((const void *)s.vmap, 1);
	}
	flush_dcache_page(s.page); /* what was fetched meanwhile */
	CCSAN_CHECK(kernel_loads(s.page) == 'v');
	__free_page(s.page);
}

CCSAN_TEST(bug_vmap_gone)
{
	vmap_gone(false);
}

CCSAN_TEST(ok_vmap_gone)
{
	vmap_gone(true);
}

/* --- instructions --- */

static void code_stored(bool flush)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	char *code = page_address(page);

	memset(code, 1, 64);
	if (flush)
		flush_icache_range((unsigned long)code, (unsigned long)code + 64);
	ccsan_fetch(code, 16);
	memset(code, 2, 64);
	if (flush)
		flush_icache_range((unsigned long)code, (unsigned long)code + 64);
	ccsan_fetch(code, 16);
	__free_page(page);
}

CCSAN_TEST(bug_code_stored)
{
	code_stored(false);
}

CCSAN_TEST(ok_code_stored)
{
	code_stored(true);
}

static void code_mapped(bool flush)
{
	struct world w;

	begin_file(&w);
	sys_munmap((unsigned long)w.user, PAGE_SIZE);
	w.user = map_file(&w, PROT_READ | PROT_EXEC);
	CCSAN_CHECK(w.user[0] == 0);
	ccsan_fetch((const void *)w.user, 16);
	sys_munmap((unsigned long)w.user, PAGE_SIZE);
	kernel_stores(w.page, 'k');
	if (flush)
		flush_dcache_page(w.page);
	w.user = map_file(&w, PROT_READ | PROT_EXEC);
	CCSAN_CHECK(w.user[0] == 'k');
	ccsan_fetch((const void *)w.user, 16);
	end(&w);
}

CCSAN_TEST(bug_code_mapped)
{
	code_mapped(false);
}

CCSAN_TEST(ok_code_mapped)
{
	code_mapped(true);
}

/* --- a second CPU, whose cache keeps what it has: so these come last --- */

/* The page is stored to on one CPU, and mapped for execution on another one. */
static struct world executed;

static int execute(void *unused)
{
	volatile char *code;

	(void)unused;
	code = map_file(&executed, PROT_READ | PROT_EXEC);
	CCSAN_CHECK(code[0] == 'k');
	ccsan_fetch((const void *)code, 16);
	return 0;
}

static void deferred_to(int defer)
{
	ccsan_cpus(2);
	ccsan_behaviour.defer = defer;
	executed.inode = ccsan_linux_testfs(PAGE_SIZE, 0);
	executed.file = ccsan_linux_open(executed.inode, O_RDWR);
	executed.page = read_mapping_page(executed.inode->i_mapping, 0, NULL);
	kernel_stores(executed.page, 'k');
	flush_dcache_page(executed.page);
	CCSAN_CHECK(!ccsan_linux_wait(ccsan_linux_process("runs", 1, execute, NULL)));
	put_page(executed.page);
	filp_close(executed.file, NULL);
	ccsan_linux_testfs_free(executed.inode);
	ccsan_behaviour.defer = CCSAN_DEFER_WHERE_RIGHT;
}

CCSAN_TEST(bug_deferred_to_another_cpu)
{
	deferred_to(CCSAN_DEFER_ALWAYS);
}

CCSAN_TEST(ok_deferred_to_another_cpu)
{
	deferred_to(CCSAN_DEFER_WHERE_RIGHT);
}
