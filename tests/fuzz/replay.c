/* SPDX-License-Identifier: MIT */
/* Gives every file of the named folders to a fuzz target, in place of libFuzzer. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>

#include "fuzz.h"

static void replay(const char *path)
{
	FILE *file = fopen(path, "re");
	static uint8_t data[1 << 20];
	uint8_t *exact; /* so that a reader that goes past the end is seen */
	size_t size;

	if (!file) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(2);
	}
	size = fread(data, 1, sizeof(data), file);
	fclose(file);
	exact = malloc(size ? size : 1);
	ensure(exact && size < sizeof(data));
	memcpy(exact, data, size);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
}

static int replay_folder(const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, NULL, alphasort), replayed = 0;
	char path[PATH_MAX];

	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		if (*entries[i]->d_name != '.') {
			replay(path);
			replayed++;
		}
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return replayed;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		int replayed = replay_folder(argv[i]);

		printf("%s: %d inputs\n", argv[i], replayed);
		if (!replayed)
			return 2;
	}
	return argc < 2 ? 2 : 0;
}
