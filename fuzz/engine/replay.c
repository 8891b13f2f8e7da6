/* replay.c: runs a harness over the files and directories it is given, for
 * compilers without libFuzzer.  Options are ignored. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "check.h"

enum { MAX_PATH_TEXT = 4096, MAX_INPUT = 1 << 20 };

static unsigned num_inputs;

static void replay_file(const char *path)
{
  FILE *file = fopen(path, "rb");
  uint8_t *data = malloc(MAX_INPUT);

  CHECK(data != NULL);
  if (file != NULL) {
    size_t len = fread(data, 1, MAX_INPUT, file);

    (void)LLVMFuzzerTestOneInput(data, len);
    num_inputs++;
    fclose(file);
  }
  free(data);
}

static void replay(const char *path)
{
  DIR *directory = opendir(path);
  struct dirent *entry;
  char name[MAX_PATH_TEXT];

  if (directory == NULL) {
    replay_file(path);
    return;
  }
  while ((entry = readdir(directory)) != NULL) {
    if (entry->d_name[0] != '.') {
      snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
      replay(name);
    }
  }
  closedir(directory);
}

int main(int argc, char **argv)
{
  int i;

  for (i = 1; i < argc; i++) {
    if (argv[i][0] != '-') {
      replay(argv[i]);
    }
  }
  fprintf(stderr, "stat::number_of_executed_units: %u\n", num_inputs);
  return 0;
}
