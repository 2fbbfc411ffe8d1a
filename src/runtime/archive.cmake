# SPDX-License-Identifier: MIT
#
# libccsan_rt.a is linked into strangers' programs, so it is made with care: the runtime is compiled
# without instrumentation, put together into one object, and what it calls of libc under a name that
# the linker sends to our wrappers is renamed, so that the runtime's own calls reach libc.

set(RUNTIME_SOURCES lock.c stacks.c slow.c own.c hooks.c atomics.c interpose.c format.c api.c faults.c frames.c
	devices.c tests.c options.c start.c pairs.c sink.c)
set(EXPLORING_SOURCES plan.c explore.c points.c counts.c threads.c posix.c restore.c signals.c failures.c
	trace.c checkpoint.c explored.c wrapped_main.c)
list(TRANSFORM EXPLORING_SOURCES PREPEND exploring/)
list(APPEND RUNTIME_SOURCES ${EXPLORING_SOURCES})
list(TRANSFORM RUNTIME_SOURCES PREPEND runtime/)
list(APPEND RUNTIME_SOURCES machine/arena.c explore/fiber.c ${EXPLORE_SOURCES})

add_library(runtime_objects OBJECT ${CORE_SOURCES} ${RUNTIME_SOURCES})
add_library(runtime_main OBJECT runtime/main.c)
add_dependencies(runtime_objects made_cpus)
# Linux's API: other programs do not get names like kfree(). The DMA API reports in the name of its
# caller and is compiled like the runtime. Everything else is compiled like the program itself, with
# the hooks: what it reads and writes through aliases goes through the model. Every file is a member of
# its own, which a program's own file with the same names replaces.
set(LINUX_SOURCES memory.c page_alloc.c page_state.c boot.c behaviour.c dma_memory.c swiotlb.c slab.c dma.c dma_debug.c record.c sg.c coherent.c device.c misc.c
	report.c tlb.c arch/dma.c)
# One area a line or two.
set(LINUX_KERNEL_SOURCES addresses.c
	pgtable.c mm.c vma.c mmap.c mprotect.c mremap.c fault.c cow.c zap.c fork.c rmap.c anon_vma.c
	interval_tree.c process.c shmem.c
	filemap.c page_lock.c dirty.c writeback.c truncate.c invalidate.c direct_io.c readahead.c file_read.c
	file_write.c file_fault.c file_table.c file_syscalls.c inode.c super.c dcache.c errseq.c testfs.c
	highmem.c page_address.c kmap_local.c kmap_coherent.c highpage.c
	gup.c uaccess.c iov_iter.c ptrace.c
	arch/common.c arch/fork_copy.c arch/alias.c arch/arm_vivt.c arch/arm_vipt.c arch/mips.c arch/parisc.c arch/sh.c
	arch/sparc64.c arch/arc.c arch/xtensa.c arch/csky.c arch/nios2.c arch/coherent.c
)
list(APPEND LINUX_KERNEL_SOURCES fuse/dev.c fuse/dir.c fuse/file.c fuse/inode.c fuse/pages.c)
list(APPEND LINUX_SOURCES sched.c)
list(APPEND LINUX_KERNEL_SOURCES kthread.c rbtree.c smp.c workqueue.c xarray.c
	block.c blk_disk.c blk_dma.c blk_pio.c blk_store.c)
list(APPEND LINUX_KERNEL_SOURCES vmap_area.c vmalloc.c vm_map_ram.c
	nfs/xdr.c nfs/xdr_buf.c nfs/rpc_msg.c nfs/rpc.c nfs/nfs3xdr.c nfs/nfs3proc.c nfs/dir.c nfs/inode.c nfs/file.c)
list(APPEND LINUX_SOURCES nfs/server.c nfs/transport.c)
list(APPEND LINUX_KERNEL_SOURCES diskfs/meta.c diskfs/map.c diskfs/inode.c diskfs/io.c diskfs/file.c
	diskfs/dir.c diskfs/super.c)
list(TRANSFORM LINUX_SOURCES PREPEND linux/)
list(TRANSFORM LINUX_KERNEL_SOURCES PREPEND linux/)
add_library(runtime_linux OBJECT ${LINUX_SOURCES})
add_library(runtime_kernel OBJECT ${LINUX_KERNEL_SOURCES})
foreach(target runtime_linux runtime_kernel)
	target_include_directories(${target} BEFORE PRIVATE ${PROJECT_SOURCE_DIR}/include/hosts/linux)
endforeach()
foreach(target runtime_objects runtime_main runtime_linux)
	target_compile_options(${target} PRIVATE -O2 -fPIC -fvisibility=default -mcx16
		-fno-stack-protector -fno-builtin-memset -fomit-frame-pointer)
endforeach()
# As `ccsan cc` does it, but for the calls' expansion in place.
target_compile_options(runtime_kernel PRIVATE -O2 -g -fPIC -fvisibility=default -mcx16
	-fno-stack-protector -fsanitize=thread -fno-builtin -fno-optimize-sibling-calls
	-ffile-prefix-map=${PROJECT_SOURCE_DIR}/= -D__CCSAN__=1
	$<$<C_COMPILER_ID:GNU>:--param=tsan-distinguish-volatile=1 -fno-tree-loop-distribute-patterns
	-fno-ipa-icf -Wno-tsan>
	"$<$<C_COMPILER_ID:Clang>:SHELL:-mllvm -tsan-distinguish-volatile=1>"
	"$<$<C_COMPILER_ID:Clang>:SHELL:-mllvm -tsan-instrument-read-before-write=1>")

file(STRINGS ${CMAKE_CURRENT_SOURCE_DIR}/runtime/link.options WRAPS REGEX "^--wrap=")
list(TRANSFORM WRAPS REPLACE "^--wrap=(.*)$" "--redefine-sym=\\1=__real_\\1")

# A program may have a send() or write() of its own: the runtime means libc's, which glibc also has
# under names that are reserved.
foreach(name close dup2 fcntl getpid lseek open read send waitpid write)
	list(APPEND WRAPS "--redefine-sym=${name}=__${name}")
endforeach()

add_custom_command(OUTPUT ${CCSAN_LIB}/libccsan_rt.a
	COMMAND ${CMAKE_COMMAND} -E make_directory ${CCSAN_LIB}
	COMMAND ${CMAKE_LINKER} -r -o ${CMAKE_BINARY_DIR}/made/runtime.o
		"$<TARGET_OBJECTS:runtime_objects>"
	COMMAND ${CMAKE_OBJCOPY} ${WRAPS} ${CMAKE_BINARY_DIR}/made/runtime.o
	COMMAND ${CMAKE_LINKER} -r -o ${CMAKE_BINARY_DIR}/made/linux.o
		"$<TARGET_OBJECTS:runtime_linux>"
	COMMAND ${CMAKE_OBJCOPY} ${WRAPS} ${CMAKE_BINARY_DIR}/made/linux.o
	COMMAND ${CMAKE_COMMAND} -E rm -f ${CCSAN_LIB}/libccsan_rt.a
	COMMAND ${CMAKE_AR} qcs ${CCSAN_LIB}/libccsan_rt.a ${CMAKE_BINARY_DIR}/made/runtime.o
		${CMAKE_BINARY_DIR}/made/linux.o "$<TARGET_OBJECTS:runtime_kernel>"
		"$<TARGET_OBJECTS:runtime_main>"
	COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_CURRENT_SOURCE_DIR}/runtime/link.options
		${CMAKE_CURRENT_SOURCE_DIR}/runtime/gcc.specs ${CCSAN_LIB}
	DEPENDS runtime_objects runtime_main runtime_linux runtime_kernel
		"$<TARGET_OBJECTS:runtime_objects>" "$<TARGET_OBJECTS:runtime_linux>"
		"$<TARGET_OBJECTS:runtime_kernel>"
		"$<TARGET_OBJECTS:runtime_main>" runtime/link.options runtime/gcc.specs
	COMMAND_EXPAND_LISTS VERBATIM)
add_custom_target(runtime ALL DEPENDS ${CCSAN_LIB}/libccsan_rt.a)
