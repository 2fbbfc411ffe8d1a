// SPDX-License-Identifier: MIT
// C++: virtual tables, exceptions through instrumented functions, the standard library. The shadow
// call stack is right after a throw and after many of them.
// compilers: g++ clang++-19
// levels: -O2
// run: ./p
// exit: 66
// findings: 1
// expect: ^right$
// expect: ^    #0 send.* .*/cplusplus.cc:@send$
// expect: ^    #1 main .*/cplusplus.cc:@main$
// absent: ^    #2
//
// run: CCSAN_OPTIONS=cpu=x86 ./p
// expect: ^right$
#include <ccsan/ccsan.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

struct shape {
	virtual ~shape() = default;
	virtual int area() const = 0;
};

struct square : shape {
	int side;
	explicit square(int n) : side(n)
	{
	}
	int area() const override
	{
		return side * side;
	}
};

struct cube : square {
	using square::square;
	int area() const override
	{
		return 6 * square::area();
	}
};

static int frames_left;

struct leaves {
	~leaves()
	{
		frames_left++;
	}
};

__attribute__((noinline)) static void dig(int depth)
{
	leaves guard;

	if (depth == 0)
		throw std::runtime_error("bottom");
	dig(depth - 1);
}

__attribute__((noinline)) static int throw_often()
{
	int caught = 0;

	for (int i = 0; i < 3000; i++)
		try {
			dig(i % 17);
		} catch (const std::exception &e) {
			caught += e.what()[0] == 'b';
		}
	return caught;
}

alignas(64) static char buffer[64];

__attribute__((noinline)) static void send(ccsan_device *nic)
{
	char wire[64];

	ccsan_device_read(nic, (ccsan_phys)(uintptr_t)buffer, wire, 64); /* @send */
}

__attribute__((noinline)) static bool library_works()
{
	std::vector<int> numbers;
	std::map<std::string, int> words;
	std::vector<std::unique_ptr<shape>> shapes;
	int area = 0;

	for (int i = 0; i < 1000; i++) {
		numbers.push_back(i * 7919 % 1000);
		words["word " + std::to_string(i % 100)]++;
		if (i % 2)
			shapes.emplace_back(new cube(i % 5));
		else
			shapes.emplace_back(new square(i % 5));
	}
	std::sort(numbers.begin(), numbers.end());
	for (const auto &s : shapes)
		area += s->area();
	return std::is_sorted(numbers.begin(), numbers.end()) && words.size() == 100 &&
	       words["word 7"] == 10 && area == 21000;
}

int main()
{
	ccsan_device *nic = ccsan_device_new("nic", 0);

	std::puts(library_works() && throw_often() == 3000 && frames_left == 26964 ? "right"
										   : "wrong");
	std::fflush(stdout);
	buffer[3] = 1;
	send(nic); /* @main */
	return 0;
}
