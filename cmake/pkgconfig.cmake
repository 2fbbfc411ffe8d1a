# SPDX-License-Identifier: MIT
#
# Writes ccsan.pc and its kin: for each compiler and host what `ccsan cc` would add. The prefix is
# where the file is found, so an installation may be moved.
#
# cmake -DROOT=build tree -DVERSION=… -P pkgconfig.cmake
file(MAKE_DIRECTORY ${ROOT}/lib/pkgconfig)

# For the shell that reads pkg-config's answer.
function(flags_of variable compiler which)
	execute_process(COMMAND ${CMAKE_COMMAND} -E env CCSAN_CC=${compiler}
		${ROOT}/bin/ccsan cc --print-${which}-flags ${ARGN}
		OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
	string(REPLACE "\"" "\\\"" flags "${flags}")
	string(REPLACE "\n" " " flags "${flags}")
	string(REPLACE "${ROOT}" "\${prefix}" flags "${flags}")
	set(${variable} "${flags}" PARENT_SCOPE)
endfunction()

foreach(compiler gcc clang)
	foreach(host "" linux cmsis zephyr u-boot)
		set(name ccsan)
		set(option)
		if(compiler STREQUAL clang)
			string(APPEND name -clang)
		endif()
		if(host)
			string(APPEND name -${host})
			set(option --host=${host})
		endif()
		flags_of(compile ${compiler} compile ${option})
		flags_of(link ${compiler} link ${option})
		file(WRITE ${ROOT}/lib/pkgconfig/${name}.pc
			"prefix=\${pcfiledir}/../..\n\n"
			"Name: ${name}\n"
			"Description: The cache-coherence sanitizer: hooks of ${compiler}, and the runtime\n"
			"Version: ${VERSION}\n"
			"Cflags: ${compile}\n"
			"Libs: ${link}\n")
	endforeach()
endforeach()
