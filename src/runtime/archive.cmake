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
set(LINUX_SOURCES
	behaviour.c boot.c misc.c report.c dma/arch_dma.c dma/coherent.c dma/device.c dma/dma.c
	dma/dma_debug.c dma/dma_memory.c dma/memory.c dma/record.c dma/sg.c dma/swiotlb.c
	mm/page_alloc.c mm/page_state.c mm/slab.c mm/tlb.c nfs/server.c nfs/transport.c
	sched/sched.c)
file(GLOB_RECURSE LINUX_KERNEL_SOURCES CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}/linux linux/*.c)
list(REMOVE_ITEM LINUX_KERNEL_SOURCES ${LINUX_SOURCES})
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
