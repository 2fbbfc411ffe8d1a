# SPDX-License-Identifier: MIT
#
# find_package(ccsan): hooks and runtime for the targets of another project.
#
#   ccsan_instrument(TARGET… [HOST linux|cmsis|zephyr|u-boot])
#   target_link_libraries(TARGET PRIVATE ccsan::ccsan)       the same without a host
#
# Every target whose memory accesses matter has to be instrumented, static libraries as well. What is
# added is asked of `ccsan cc`, for the compiler of this project.
get_filename_component(CCSAN_PREFIX "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
set(CCSAN_EXECUTABLE "${CCSAN_PREFIX}/bin/ccsan")

# Lines to a list in which an option stays with its argument, as CMake removes what it has seen.
function(ccsan_flags variable which)
	set(compiler "${CMAKE_C_COMPILER}")
	if(NOT compiler)
		set(compiler "${CMAKE_CXX_COMPILER}")
	endif()
	execute_process(COMMAND ${CMAKE_COMMAND} -E env "CCSAN_CC=${compiler}"
		"${CCSAN_EXECUTABLE}" cc --print-${which}-flags ${ARGN}
		OUTPUT_VARIABLE lines RESULT_VARIABLE status ERROR_VARIABLE problem
		OUTPUT_STRIP_TRAILING_WHITESPACE)
	if(status)
		message(FATAL_ERROR "${CCSAN_EXECUTABLE}: ${problem}")
	endif()
	string(REPLACE "\n" ";" lines "${lines}")
	set(flags)
	set(before)
	foreach(line IN LISTS lines)
		if(before)
			list(APPEND flags "SHELL:${before} \"${line}\"")
			set(before)
		elseif(line MATCHES "^-(include|Xclang|mllvm)$")
			set(before ${line})
		else()
			list(APPEND flags "${line}")
		endif()
	endforeach()
	set(${variable} "${flags}" PARENT_SCOPE)
endfunction()

# ccsan::ccsan, or ccsan::ccsan-HOST.
function(ccsan_add_target name)
	if(TARGET ${name})
		return()
	endif()
	ccsan_flags(compile compile ${ARGN})
	ccsan_flags(link link ${ARGN})
	set(runtime ${link})
	list(FILTER runtime INCLUDE REGEX "\\.a$")
	list(FILTER link EXCLUDE REGEX "\\.a$")
	add_library(${name} INTERFACE IMPORTED)
	foreach(flag IN LISTS compile)
		target_compile_options(${name} INTERFACE "$<$<COMPILE_LANGUAGE:C,CXX>:${flag}>")
	endforeach()
	target_link_options(${name} INTERFACE ${link})
	# The runtime is in the program once, not in its shared libraries.
	target_link_libraries(${name} INTERFACE
		"$<$<NOT:$<IN_LIST:$<TARGET_PROPERTY:TYPE>,SHARED_LIBRARY;MODULE_LIBRARY>>:${runtime}>")
endfunction()

function(ccsan_instrument)
	cmake_parse_arguments(CCSAN "" "HOST" "" ${ARGN})
	set(library ccsan::ccsan)
	if(CCSAN_HOST)
		set(library ccsan::ccsan-${CCSAN_HOST})
		ccsan_add_target(${library} --host=${CCSAN_HOST})
	endif()
	foreach(target IN LISTS CCSAN_UNPARSED_ARGUMENTS)
		target_link_libraries(${target} PRIVATE ${library})
	endforeach()
endfunction()

get_property(CCSAN_LANGUAGES GLOBAL PROPERTY ENABLED_LANGUAGES)
if(NOT "C" IN_LIST CCSAN_LANGUAGES AND NOT "CXX" IN_LIST CCSAN_LANGUAGES)
	set(ccsan_FOUND FALSE)
	set(ccsan_NOT_FOUND_MESSAGE "enable C or CXX before find_package(ccsan)")
	return()
endif()
ccsan_add_target(ccsan::ccsan)
