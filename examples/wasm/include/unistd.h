#ifndef WASM_UNISTD_H
#define WASM_UNISTD_H
int getpid(void);
#endif
