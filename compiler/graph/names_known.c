/* names_known.c -- names that C, C++, their libraries and compilers already use. A model with such a name gets another
 * one in C, because its struct, its header and its functions would clash. tests/names/run.sh compares these tables
 * with the installed headers. */
#include <ctype.h>
#include <string.h>

#include "graph/net.h"

/* Each table holds words, each with a space after it. */

/* C from C89 to C23 with GNU's, C++ up to C++23; with the words that have a meaning only in some places. */
static const char keywords[] =
    "alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t char32_t char8_t class "
    "co_await co_return co_yield compl concept const const_cast consteval constexpr constinit continue decltype "
    "default delete do double dynamic_cast else enum explicit export extern false final float for friend goto if "
    "import inline int long main module mutable namespace new noexcept not not_eq nullptr operator or or_eq "
    "override private protected public register reinterpret_cast requires restrict return short signed sizeof "
    "static static_assert static_cast struct switch template this thread_local throw true try typedef typeid "
    "typename typeof typeof_unqual union unsigned using virtual void volatile wchar_t while xor xor_eq std abi ";

/* Macros without arguments from the headers of C and POSIX, and from compilers, except those that has_macro_shape()
 * finds. */
static const char macros[] =
    "arm basename complex d_fileno defined errno h_addr h_errno hpux i386 i486 i586 i686 ifa_broadaddr "
    "ifa_dstaddr imaginary linux m68k math_errhandling mips msg_cbytes noreturn s6_addr s6_addr16 s6_addr32 "
    "sa_handler sa_sigaction sched_priority sgi sigev_notify_attributes sigev_notify_function sparc st_atime "
    "st_ctime st_mtime stderr stdin stdout sun unix unreachable vax vms ACCESSPERMS ACCOUNTING ALLPERMS AREGTYPE "
    "B0 B1000000 B110 B115200 B1152000 B1200 B134 B150 B1500000 B1800 B19200 B200 B2000000 B230400 B2400 B2500000 "
    "B300 B3000000 B3500000 B38400 B4000000 B460800 B4800 B50 B500000 B57600 B576000 B600 B75 B921600 B9600 "
    "BLKTYPE BRKINT BS0 BS1 BSDLY BUFSIZ CBAUD CBAUDEX CBRK CDISCARD CDSUSP CEOF CEOL CEOT CERASE CFLUSH CHRTYPE "
    "CIBAUD CINTR CKILL CLNEXT CLOCAL CMIN CMSPAR CODESET CONTTYPE CQUIT CR0 CR1 CR2 CR3 CRDLY CREAD CREPRINT "
    "CRNCYSTR CRPRNT CRTSCTS CS5 CS6 CS7 CS8 CSIGNAL CSIZE CSTART CSTATUS CSTOP CSTOPB CSUSP CTIME CWERASE "
    "DEFFILEMODE DIRTYPE DOMAIN FALSE FAPPEND FASYNC FF0 FF1 FFDLY FFSYNC FIFOTYPE FIOGETOWN FIOSETOWN FLUSHO "
    "FNDELAY FNONBLOCK GETALL GETNCNT GETPID GETVAL GETZCNT GROUPING HUGE HUPCL I ICANON ICRNL IEXTEN IFHWADDRLEN "
    "IFNAMSIZ IGNBRK IGNCR IGNPAR IMAXBEL INFINITY INLCR INPCK ISIG ISTRIP IUCLC IUTF8 IXANY IXOFF IXON LNKTYPE "
    "MAGIC MAXFLOAT MAXNAMLEN MINSIGSTKSZ NAN NCCS NFDBITS NGREG NL0 NL1 NLDLY NOEXPR NOFLSH NOSTR NSIG NULL "
    "NZERO OCRNL OFDEL OFILL OLCUC ONLCR ONLRET ONOCR OPOST OVERFLOW PARENB PARMRK PARODD PENDIN PIC PLOSS "
    "POLLERR POLLHUP POLLIN POLLMSG POLLNVAL POLLOUT POLLPRI POLLRDBAND POLLRDHUP POLLRDNORM POLLREMOVE "
    "POLLWRBAND POLLWRNORM PPC RADIXCHAR REGTYPE SETALL SETVAL SHMLBA SING SIOCATMARK SIOCGPGRP SIOCSPGRP SNAN "
    "SNANF SNANF128 SNANF32 SNANF32X SNANF64 SNANF64X SNANL SOMAXCONN SYMTYPE TAB0 TAB1 TAB2 TAB3 TABDLY TCIFLUSH "
    "TCIOFF TCIOFLUSH TCION TCOFLUSH TCOOFF TCOON TCSADRAIN TCSAFLUSH TCSANOW TGEXEC TGREAD TGWRITE THOUSEP TLOSS "
    "TMAGIC TMAGLEN TOEXEC TOREAD TOSTOP TOWRITE TRUE TSGID TSUID TSVTX TUEXEC TUREAD TUWRITE TVERSION TVERSLEN "
    "UNDERFLOW VDISCARD VEOF VEOL VEOL2 VERASE VINTR VKILL VLNEXT VMIN VQUIT VREPRINT VSTART VSTOP VSUSP VSWTC "
    "VT0 VT1 VTDLY VTIME VWERASE WCONTINUED WCOREFLAG WEOF WEXITED WIN32 WIN64 WINNT WNOHANG WNOWAIT WSTOPPED "
    "WUNTRACED XCASE XTABS YESEXPR YESSTR ";

/* <NAME.h> of C, POSIX, glibc, libcnn and the libraries that it is linked with. Case is ignored, as some file systems
 * ignore it. */
static const char headers[] =
    "aio alloca argp argz arm_neon assert byteswap cnn complex cpio csv ctype cxxabi dirent dlfcn emmintrin "
    "endian envz err errno error execinfo fcntl features fenv float fmtmsg fnmatch fts ftw getopt glob grp iconv "
    "ifaddrs immintrin inttypes iso646 jerror jconfig jmorecfg jpeglib langinfo libgen libintl limits link locale "
    "malloc math mcheck memory monetary mqueue ndbm netdb nl_types nss obstack omp paths peak png pngconf "
    "pnglibconf poll printf pthread pty pwd quadmath re_comp regex regexp resolv sched search semaphore setjmp "
    "sgtty shadow signal spawn stab stdalign stdarg stdatomic stdbit stdbool stdckdint stddef stdint stdio stdlib "
    "stdnoreturn string strings stropts syscall syslimits syslog tar termio termios tgmath threads time ttyent "
    "uchar ucontext ulimit unistd unwind utime utmp utmpx values varargs vec vec_random wchar wctype wordexp "
    "xlocale xmmintrin yaml zconf zlib ";

/* Structs and types of C and POSIX, except those that has_type_shape() finds. */
static const char types[] =
    "ACTION DIR ENTRY FILE FTW VISIT Dl_info Dl_serinfo Dl_serpath addrinfo aiocb aiocb64 aioinit cmsghdr dirent "
    "dirent64 dl_find_object drand48_data entry f_owner_ex fd_mask fd_set file_handle flock flock64 gaicb group "
    "group_filter group_req group_source_req hostent hsearch_data if_nameindex ifaddr ifaddrs ifconf ifmap ifreq "
    "in6_addr in6_pktinfo in_addr in_pktinfo iovec ip6_mtuinfo ip_mreq ip_mreq_source ip_mreqn ip_msfilter "
    "ip_opts ipc_perm ipv6_mreq itimerspec itimerval jmp_buf lconv linger memory_order mmsghdr mq_attr msgbuf "
    "msghdr msginfo msqid_ds netent nl_catd nl_item once_flag option osockaddr passwd pollfd protoent qelem "
    "random_data re_pattern_buffer re_registers rlimit rlimit64 rpcent rusage sched_param sembuf semid_ds seminfo "
    "servent shm_info shmid_ds shminfo sigaction sigcontext sigevent sigjmp_buf sigstack sigval sockaddr "
    "sockaddr_in sockaddr_in6 sockaddr_storage sockaddr_un spwd stat stat64 statvfs statvfs64 statx "
    "statx_timestamp tcp_ca_state tcp_cookie_transactions tcp_info tcp_md5sig tcp_repair_opt tcp_repair_window "
    "tcp_seq tcp_zerocopy_receive tcphdr termios timespec timeval timex timezone tm tms u_char u_int u_long "
    "u_short ucred uint ulong ushort utimbuf utmpx utsname va_list winsize ";

/* Names such as <name>_init and <NAME>_INPUT that exist in the C library and in the libraries that libcnn is linked
 * with. */
static const char stems[] =
    "aio argp_program atomic cnd csv_get_buffer csv_set_blk fanotify gnu_get_libc inet6_opt inet6_option "
    "inet6_rth inotify jpeg_mem malloc_usable max msg mtx png_get_compression_buffer png_get_header "
    "png_set_compression_buffer posix_spawn_file_actions posix_spawnattr pthread_attr pthread_barrier "
    "pthread_barrierattr pthread_cond pthread_condattr pthread_mutex pthread_mutexattr pthread_rwlock "
    "pthread_rwlockattr pthread_spin sem ";

static bool same(const char *a, const char *b, size_t n, bool any_case)
{
    for (size_t i = 0; i < n; i++)
        if (any_case ? tolower((unsigned char)a[i]) != tolower((unsigned char)b[i]) : a[i] != b[i])
            return false;
    return true;
}

static bool is_one_of(const char *name, const char *words, bool any_case)
{
    const size_t length = strlen(name);
    if (!any_case && !strstr(words, name)) /* which is quick, and true of most names */
        return false;
    for (size_t n; *words; words += n + 1) {
        n = strcspn(words, " ");
        if (n == length && same(name, words, n, any_case))
            return true;
    }
    return false;
}

static bool starts(const char *name, const char *with)
{
    return strncmp(name, with, strlen(with)) == 0;
}

/* Capitals with '_', as macros are written; names that C reserves for <errno.h>, <signal.h> and <inttypes.h>; POSIX's
 * si_pid. */
static bool has_macro_shape(const char *name)
{
    bool capitals = true;
    for (const char *p = name; *p; p++)
        capitals &= !islower((unsigned char)*p);
    const bool formats = starts(name, "PRI") || starts(name, "SCN");
    const bool second = isupper((unsigned char)name[1]) || isdigit((unsigned char)name[1]);
    return (capitals && (strchr(name, '_') || (*name == 'E' && second) || starts(name, "SIG"))) ||
           (formats && name[3] && strchr("dioxuX", name[3])) || starts(name, "M_") || starts(name, "P_") ||
           starts(name, "L_") || starts(name, "AF_") || starts(name, "PF_") || starts(name, "si_") ||
           starts(name, "SYS_") || starts(name, "ifr_") || starts(name, "ifc_");
}

static bool has_type_shape(const char *name)
{
    const size_t n = strlen(name);
    return (n > 2 && strcmp(name + n - 2, "_t") == 0) || starts(name, "atomic_");
}

bool name_is_keyword(const char *name)
{
    return is_one_of(name, keywords, false);
}

bool name_is_header(const char *name)
{
    return is_one_of(name, headers, true);
}

const char *name_known_as(const char *name)
{
    if (name_is_keyword(name))
        return "is a word of C or C++";
    if (is_one_of(name, macros, false) || has_macro_shape(name))
        return "is written as macros are";
    if (name_is_header(name))
        return "is the name of a header";
    if (is_one_of(name, types, false) || has_type_shape(name))
        return "is a type of the C library";
    if (is_one_of(name, stems, true))
        return "begins the names of a library's functions";
    return NULL;
}
