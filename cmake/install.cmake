# SPDX-License-Identifier: MIT
#
# The runtime, and how other build systems find it: a CMake package and pkg-config files.

include(CMakePackageConfigHelpers)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/made/ccsanConfigVersion.cmake
	COMPATIBILITY SameMinorVersion)
install(FILES cmake/ccsanConfig.cmake ${CMAKE_BINARY_DIR}/made/ccsanConfigVersion.cmake
	DESTINATION lib/cmake/ccsan)

add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/lib/pkgconfig/ccsan.pc
	COMMAND ${CMAKE_COMMAND} -DROOT=${CMAKE_BINARY_DIR} -DVERSION=${PROJECT_VERSION}
		-P ${PROJECT_SOURCE_DIR}/cmake/pkgconfig.cmake
	DEPENDS ccsan ${PROJECT_SOURCE_DIR}/cmake/pkgconfig.cmake VERBATIM)
add_custom_target(pkgconfig ALL DEPENDS ${CMAKE_BINARY_DIR}/lib/pkgconfig/ccsan.pc)
install(DIRECTORY ${CMAKE_BINARY_DIR}/lib/pkgconfig DESTINATION lib)
install(DIRECTORY ${CCSAN_LIB} DESTINATION lib)
