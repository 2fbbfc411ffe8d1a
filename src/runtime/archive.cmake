# SPDX-License-Identifier: MIT
#
# libccsan_rt.a is linked into strangers' programs, so it is made with care: the runtime is compiled
# without instrumentation, put together into one object, and what it calls of libc under a name that
# the linker sends to our wrappers is renamed, so that the runtime's own calls reach libc.

set(RUNTIME_SOURCES lock.c stacks.c slow.c own.c hooks.c atomics.c interpose.c format.c api.c devices.c
	tests.c options.c start.c pairs.c sink.c plan.c explore.c points.c threads.c posix.c restore.c
	signals.c failures.c trace.c checkpoint.c explored.c wrapped_main.c)
list(TRANSFORM RUNTIME_SOURCES PREPEND runtime/)
list(APPEND RUNTIME_SOURCES machine/arena.c explore/fiber.c ${EXPLORE_SOURCES})

add_library(runtime_objects OBJECT ${CORE_SOURCES} ${RUNTIME_SOURCES})
add_library(runtime_main OBJECT runtime/main.c)
add_dependencies(runtime_objects made_cpus)
# Linux's API is an object of its own: other programs do not get names like kfree().
add_library(runtime_linux OBJECT linux/memory.c linux/page.c linux/slab.c linux/dma.c
	linux/dma_debug.c linux/record.c linux/sg.c linux/coherent.c linux/device.c linux/misc.c
	linux/arch/dma.c)
target_include_directories(runtime_linux BEFORE PRIVATE ${PROJECT_SOURCE_DIR}/include/hosts/linux)
foreach(target runtime_objects runtime_main runtime_linux)
	target_compile_options(${target} PRIVATE -O2 -fPIC -fvisibility=default -mcx16
		-fno-stack-protector -fno-builtin-memset -fomit-frame-pointer)
endforeach()

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
	COMMAND ${CMAKE_AR} rcs ${CCSAN_LIB}/libccsan_rt.a ${CMAKE_BINARY_DIR}/made/runtime.o
		${CMAKE_BINARY_DIR}/made/linux.o "$<TARGET_OBJECTS:runtime_main>"
	COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_CURRENT_SOURCE_DIR}/runtime/link.options
		${CMAKE_CURRENT_SOURCE_DIR}/runtime/gcc.specs ${CCSAN_LIB}
	DEPENDS runtime_objects runtime_main runtime_linux "$<TARGET_OBJECTS:runtime_objects>"
		"$<TARGET_OBJECTS:runtime_linux>"
		"$<TARGET_OBJECTS:runtime_main>" runtime/link.options runtime/gcc.specs
	COMMAND_EXPAND_LISTS VERBATIM)
add_custom_target(runtime ALL DEPENDS ${CCSAN_LIB}/libccsan_rt.a)
