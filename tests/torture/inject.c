/* inject.c -- a library that is preloaded into a program and makes one of its calls fail. INJECT=KIND:N fails the N-th
 * call of the kind, INJECT=KIND:N+ that one and all later ones.
 * With N 0, calls are only counted, into the file INJECT_COUNT.
 * Allocations are interposed. System calls cannot be, since the C library makes many of them without calling a function
 * that could be replaced. Seccomp traps them, and they are made again from one place that it lets through. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

enum { NUMBERS = 5 };

static const struct kind {
    const char *name;
    int error;
    int n;
    int numbers[NUMBERS];
} kinds[] = {
    {"open", EMFILE, 2, {SYS_open, SYS_openat}},
    {"read", EIO, 3, {SYS_read, SYS_pread64, SYS_readv}},
    {"write", ENOSPC, 3, {SYS_write, SYS_pwrite64, SYS_writev}},
    {"close", EIO, 1, {SYS_close}},
    {"stat", EIO, 4, {SYS_stat, SYS_fstat, SYS_lstat, SYS_newfstatat}},
    {"fsync", EIO, 2, {SYS_fsync, SYS_fdatasync}},
    {"rename", EACCES, 3, {SYS_rename, SYS_renameat, SYS_renameat2}},
    {"link", EPERM, 2, {SYS_link, SYS_linkat}},
    {"unlink", EACCES, 2, {SYS_unlink, SYS_unlinkat}},
    {"readlink", EIO, 2, {SYS_readlink, SYS_readlinkat}},
    {"access", EIO, 3, {SYS_access, SYS_faccessat, 439}},
    {"mmap", ENOMEM, 1, {SYS_mmap}},
    {"flock", ENOLCK, 1, {SYS_flock}},
    {"fcntl", EMFILE, 1, {SYS_fcntl}},
    {"chmod", EPERM, 3, {SYS_chmod, SYS_fchmod, SYS_fchmodat}},
    {"getdents", EIO, 1, {SYS_getdents64}},
    {"mkdir", EACCES, 2, {SYS_mkdir, SYS_mkdirat}},
    {"clone", EAGAIN, 3, {SYS_clone, SYS_fork, 435}},
    {"pipe", EMFILE, 2, {SYS_pipe, SYS_pipe2}},
    {"malloc", ENOMEM, 0, {0}},
};

static const struct kind *kind;
static long wanted, calls;
static int always, ready;

/* Tells whether this is the call that must fail. */
static int is_due(void)
{
    if (!ready)
        return 0;
    const long n = __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
    return wanted && (always ? n >= wanted : n == wanted);
}

/* ---- allocations */

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t align, size_t n);

static int no_memory(void)
{
    if (!kind || kind->n || !is_due())
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t n)
{
    return no_memory() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    return no_memory() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    return no_memory() ? NULL : __libc_realloc(p, n);
}

void *aligned_alloc(size_t align, size_t n)
{
    return no_memory() ? NULL : __libc_memalign(align, n);
}

int posix_memalign(void **out, size_t align, size_t n)
{
    if (no_memory())
        return ENOMEM;
    *out = __libc_memalign(align, n);
    return *out ? 0 : ENOMEM;
}

/* ---- system calls */

#ifdef __x86_64__
long inject_call(long number, long a, long b, long c, long d, long e, long f);
extern char inject_let_through[];
__asm__(".text\n.globl inject_call, inject_let_through\n"
        "inject_call:\n  mov %rdi, %rax\n  mov %rsi, %rdi\n  mov %rdx, %rsi\n  mov %rcx, %rdx\n  mov %r8, %r10\n"
        "  mov %r9, %r8\n  mov 8(%rsp), %r9\n  syscall\ninject_let_through:\n  ret\n");

/* Writes to standard error carry the message, so they never fail. */
static int is_message(long fd)
{
    return strcmp(kind->name, "write") == 0 && fd == 2;
}

static void on_trap(int number, siginfo_t *info, void *context)
{
    greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
    (void)number;
    if (!is_message(r[REG_RDI]) && is_due())
        r[REG_RAX] = -kind->error;
    else
        r[REG_RAX] =
            inject_call(info->si_syscall, r[REG_RDI], r[REG_RSI], r[REG_RDX], r[REG_R10], r[REG_R8], r[REG_R9]);
}

static int trap(void)
{
    const uint64_t through = (uint64_t)(uintptr_t)inject_let_through;
    const uint32_t at = offsetof(struct seccomp_data, instruction_pointer);
    struct sock_filter f[16] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)through, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at + 4),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(through >> 32), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    };
    unsigned short n = 6;
    for (int i = 0; i < kind->n; i++) {
        f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)kind->numbers[i], 0, 1);
        f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP);
    }
    f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sigaction a = {.sa_flags = SA_SIGINFO | SA_NODEFER};
    a.sa_sigaction = on_trap;
    const struct sock_fprog program = {.len = n, .filter = f};
    return sigaction(SIGSYS, &a, NULL) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                   prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0
               ? 0
               : -1;
}
#else
static int trap(void)
{
    return -1;
}
#endif

__attribute__((constructor)) static void begin(void)
{
    const char *text = getenv("INJECT"), *colon = text ? strchr(text, ':') : NULL;
    char *end;
    for (size_t i = 0; colon && i < sizeof kinds / sizeof *kinds; i++)
        if (strlen(kinds[i].name) == (size_t)(colon - text) &&
            strncmp(kinds[i].name, text, (size_t)(colon - text)) == 0)
            kind = &kinds[i];
    if (!kind)
        return;
    wanted = strtol(colon + 1, &end, 10);
    always = *end == '+';
    if (kind->n && trap() != 0)
        _exit(125); /* seccomp is not allowed here */
    ready = 1;
}

__attribute__((destructor)) static void tell(void)
{
    const char *file = getenv("INJECT_COUNT");
    ready = 0;
    FILE *f = file ? fopen(file, "w") : NULL;
    if (f) {
        fprintf(f, "%ld\n", calls);
        fclose(f);
    }
}
