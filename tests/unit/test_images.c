/* test_images.c -- pictures: decoded from every kind of file, made to fit, and folders of them as a data set. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "data/data.h"
#include "image_files.h"
#include "images/image.h"
#include "images/images.h"
#include "picture_files.h"
#include "ports.h"
#include "resize_fixture.h"
#include "scratch.h"

static struct cnn_error error;

static struct cnn_image decoded(const char *name)
{
    struct cnn_image out;
    if (cnn_image_read(scratch(name), &out, &error) != 0)
        fail_msg("%s", error.text);
    return out;
}

static void is_picture(const char *name, int channels, const unsigned char *pixels, int tolerance)
{
    struct cnn_image m = decoded(name);
    assert_true(m.width == 3 && m.height == 2);
    assert_int_equal(m.channels, channels);
    for (int i = 0; i < 6 * channels; i++)
        if (abs(m.pixels[i] - pixels[i]) > tolerance)
            fail_msg("%s: sample %d is %d, not %d", name, i, m.pixels[i], pixels[i]);
    free(m.pixels);
}

/* ---- files */

static const unsigned char samples[24] = {0,  10, 20, 30, 40,  50,  60, 70,  80,  90,  100, 110,
                                          12, 22, 0,  99, 255, 254, 1,  128, 127, 200, 210, 220};

static void test_png(void **state)
{
    (void)state;
    for (int channels = 1; channels <= 4; channels++)
        for (int interlaced = 0; interlaced < 2; interlaced++) {
            write_png(scratch("p.png"), &(struct picture){3, 2, channels, samples, 0, 0, interlaced});
            is_picture("p.png", channels, samples, 0);
        }
}

/* Samples of 16 bits become 8 bits, one bit becomes 0 or 255, a palette's index becomes its colour. */
static void test_png_depths(void **state)
{
    (void)state;
    static const unsigned char deep[12] = {0, 0, 1, 1, 127, 200, 128, 60, 255, 255, 10, 9}, bits[2] = {0xa0, 0x40};
    static const unsigned char scaled[6] = {0, 1, 127, 128, 255, 10}, bit[6] = {255, 0, 255, 0, 255, 0};
    unsigned char colours[24];
    for (int i = 0; i < 6; i++) {
        const unsigned char c[4] = {samples[i], (unsigned char)(255 - samples[i]), 7, i == 0 ? 128 : 255};
        memcpy(colours + 4 * i, c, 4);
    }
    write_png(scratch("p.png"), &(struct picture){3, 2, 1, deep, 16, 0, 0});
    is_picture("p.png", 1, scaled, 0);
    write_png(scratch("p.png"), &(struct picture){3, 2, 1, bits, 1, 0, 0});
    is_picture("p.png", 1, bit, 0);
    write_png(scratch("p.png"), &(struct picture){3, 2, 1, samples, 8, 1, 0});
    is_picture("p.png", 4, colours, 0);
}

/* libjpeg writes Adobe's marker: values then mean light. Without the marker, the same bytes mean ink. */
static int no_marker(const char *name)
{
    size_t n, i = 0;
    unsigned char *bytes = scratch_read(name, &n);
    while (i + 1 < n && (bytes[i] != 0xff || bytes[i + 1] != 0xee))
        i++;
    assert_true(i + 1 < n);
    bytes[i + 1] = 0xe9; /* a marker that nobody knows */
    scratch_write(name, bytes, n);
    free(bytes);
    return 1;
}

static void test_jpeg(void **state)
{
    (void)state;
    static const unsigned char flat[18] = {200, 40, 90, 200, 40, 90, 200, 40, 90,
                                           200, 40, 90, 200, 40, 90, 200, 40, 90};
    static const unsigned char grey[6] = {77, 77, 77, 77, 77, 77};
    for (int progressive = 0; progressive < 2; progressive++) {
        write_jpeg(scratch("p.jpg"), &(struct picture){3, 2, 3, flat, 0, 0, progressive});
        is_picture("p.jpg", 3, flat, 2);
        write_jpeg(scratch("p.jpg"), &(struct picture){3, 2, 1, grey, 0, 0, progressive});
        is_picture("p.jpg", 1, grey, 1);
    }
    /* a printer's colours: how much of each lies on the paper */
    static const unsigned char ink[24] = {0, 255, 255, 0, 0, 255, 255, 0, 0, 255, 255, 0,
                                          0, 255, 255, 0, 0, 255, 255, 0, 0, 255, 255, 0};
    static const unsigned char red[18] = {255, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0};
    write_jpeg(scratch("p.jpg"), &(struct picture){3, 2, 4, ink, 0, 0, 0});
    is_picture("p.jpg", 3, no_marker("p.jpg") ? red : NULL, 3);
}

static void has_quarters(const char *name, const struct jpeg_case *wanted)
{
    struct cnn_image m = decoded(name);
    assert_true(m.width == wanted->width && m.height == wanted->height);
    assert_int_equal(m.channels, 3);
    for (int q = 0; q < 4; q++) {
        const int64_t y = m.height / 4 * (q < 2 ? 1 : 3), x = m.width / 4 * (q % 2 ? 3 : 1);
        for (int c = 0; c < 3; c++) {
            const int v = m.pixels[(y * m.width + x) * 3 + c];
            if (abs(v - wanted->quarters[3 * q + c]) > 2)
                fail_msg("%s: quarter %d, colour %d is %d, not %d", name, q, c, v, wanted->quarters[3 * q + c]);
        }
    }
    free(m.pixels);
}

/* A picture is turned as the camera was held; the upright ones are those of Pillow's exif_transpose. */
static void test_orientations(void **state)
{
    (void)state;
    unsigned char bytes[sizeof jpeg_turned];
    memcpy(bytes, jpeg_turned, sizeof bytes);
    for (int i = 0; i < 8; i++) {
        bytes[JPEG_ORIENTATION] = (unsigned char)(i + 1);
        scratch_write("turned.jpg", bytes, sizeof bytes);
        has_quarters("turned.jpg", &jpeg_upright[i]);
    }
    for (int i = 24; i < JPEG_ORIENTATION + 2; i++) /* whatever the segment holds, the picture is read, turned or not */
        for (int k = 0; k < 3; k++) {
            static const unsigned char flips[] = {1, 0x80, 0xff};
            bytes[i] ^= flips[k];
            scratch_write("turned.jpg", bytes, sizeof bytes);
            struct cnn_image m = decoded("turned.jpg");
            free(m.pixels);
            bytes[i] ^= flips[k];
        }
}

static void test_printed(void **state)
{
    (void)state;
    scratch_write("cmyk.jpg", jpeg_cmyk, sizeof jpeg_cmyk);
    has_quarters("cmyk.jpg", &jpeg_printed);
}

static void refuse(const char *name, const void *bytes, size_t n, const char *message)
{
    struct cnn_image m;
    scratch_write(name, bytes, n);
    assert_int_equal(cnn_image_read(scratch(name), &m, &error), -1);
    assert_null(m.pixels);
    assert_has(error.text, name);
    assert_has(error.text, message);
}

/* A file that is cut off is refused, a changed one is read or refused; nothing crashes; messages name the file. */
static void mutate(const char *name)
{
    size_t n;
    unsigned char *bytes = scratch_read(name, &n);
    for (size_t i = 0; i < n - 2; i++)
        refuse("cut", bytes, i, "cut: byte ");
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < 3; k++) {
            static const unsigned char flips[] = {1, 0x80, 0xff};
            struct cnn_image m;
            bytes[i] ^= flips[k];
            scratch_write("changed", bytes, n);
            if (cnn_image_read(scratch("changed"), &m, &error) != 0)
                assert_has(error.text, "changed: ");
            free(m.pixels);
            bytes[i] ^= flips[k];
        }
    free(bytes);
}

static void test_damaged(void **state)
{
    (void)state;
    size_t n;
    write_png(scratch("p.png"), &(struct picture){3, 2, 3, samples, 0, 0, 0});
    mutate("p.png");
    unsigned char *bytes = scratch_read("p.png", &n);
    bytes[45] ^= 1; /* in the pixels */
    refuse("bad.png", bytes, n, "damaged .png: IDAT: ");
    free(bytes);
    write_jpeg(scratch("p.jpg"), &(struct picture){3, 2, 3, samples, 0, 0, 0});
    mutate("p.jpg");
    refuse("no.png", "GIF89a", 6, "no.png: is a GIF; pictures are read from PNG and JPEG files: convert it");
    refuse("no.png", "RIFF1234WEBPVP8 ", 16, "no.png: is a WebP; pictures");
    refuse("no.png", "BM123456", 8, "no.png: is a BMP; pictures");
    refuse("no.png", "", 0, "byte 0: neither a .png nor a .jpeg file");
    assert_int_equal(cnn_image_read(scratch("missing.png"), &(struct cnn_image){0}, &error), -1);
}

/* A header promises a picture of 65500 x 65500 pixels. It is refused before memory is allocated. */
static void test_large(void **state)
{
    (void)state;
    size_t n, i = 0;
    write_jpeg(scratch("p.jpg"), &(struct picture){3, 2, 3, samples, 0, 0, 0});
    unsigned char *bytes = scratch_read("p.jpg", &n);
    while (bytes[i] != 0xff || bytes[i + 1] != 0xc0)
        i++;
    memcpy(bytes + i + 5, "\xff\xdc\xff\xdc", 4);
    refuse("large.jpg", bytes, n, "a picture of 65500x65500 pixels is too large");
    free(bytes);
}

/* ---- made to fit */

static void test_resize(void **state)
{
    (void)state;
    const struct cnn_image m = {RESIZE_WIDTH, RESIZE_HEIGHT, RESIZE_CHANNELS, (uint8_t *)(uintptr_t)resize_picture};
    unsigned char out[22 * 20 * RESIZE_CHANNELS];
    for (size_t i = 0; i < sizeof resize_cases / sizeof *resize_cases; i++) {
        const int h = resize_cases[i].height, w = resize_cases[i].width;
        assert_int_equal(cnn_image_fit(&m, h, w, RESIZE_CHANNELS, out), 0);
        for (int k = 0; k < h * w * RESIZE_CHANNELS; k++) {
            const double e = resize_cases[i].expected[k] - out[k];
            if (e < -.501 || e > .501)
                fail_msg("case %zu, sample %d: %d, not %g", i, k, out[k], resize_cases[i].expected[k]);
        }
    }
}

static void fits(int from, const unsigned char *pixel, int to, const unsigned char *expected)
{
    const struct cnn_image m = {1, 1, from, (uint8_t *)(uintptr_t)pixel};
    unsigned char out[4];
    assert_int_equal(cnn_image_fit(&m, 1, 1, to, out), 0);
    assert_memory_equal(out, expected, (size_t)to);
}

static void test_channels(void **state)
{
    (void)state;
    static const unsigned char p[4] = {200, 100, 50, 9}, grey[1] = {124}, solid[4] = {200, 100, 50, 255};
    static const unsigned char three[4] = {200, 200, 200, 255}, through[4] = {200, 200, 200, 100};
    fits(1, p, 1, p);
    fits(2, p, 1, p);
    fits(3, p, 1, grey); /* .299 * 200 + .587 * 100 + .114 * 50 = 124.2 */
    fits(4, p, 1, grey);
    fits(1, p, 3, three);
    fits(2, p, 3, three);
    fits(3, p, 3, p);
    fits(4, p, 3, p);
    fits(1, p, 4, three);
    fits(2, p, 4, through);
    fits(3, p, 4, solid);
    fits(4, p, 4, p);
}

/* ---- folders */

static struct cnn_train training;
static struct cnn_data spec = {.train = {.kind = CNN_IMAGES, .x = "train"},
                               .test = {.kind = CNN_IMAGES, .x = "test/"},
                               .scale = 1,
                               .std = 1,
                               .images = &cnn_images};

static struct cnn_model model(void)
{
    struct cnn_model m = {.name = "net", .file = "net.net", .data = &spec, .train = &training};
    struct ports *p = make_ports(&m, 6, 2, CNN_PORT_INT32);
    set_port(&p->input, 3, (const int64_t[]){2, 3, 1});
    p->output.meaning = (struct cnn_meaning){CNN_PROBABILITIES, 1, 2};
    p->target.loss = "sparse_categorical_crossentropy";
    return m;
}

static void in_folder(const char *folder, const char *name, const char *text)
{
    char path[600];
    mkdir(scratch(folder), 0777);
    snprintf(path, sizeof path, "%s/%s", scratch(folder), name);
    if (text) {
        FILE *f = fopen(path, "wb");
        assert_non_null(f);
        fputs(text, f);
        fclose(f);
        return;
    }
    const unsigned char v = (unsigned char)name[0], pixels[6] = {v, v, v, v, v, v};
    write_png(path, &(struct picture){3, 2, 1, pixels, 0, 0, 0});
}

static void fill_folders(void)
{
    in_folder("train", ".hidden", "");
    in_folder("train/cat", "a.png", NULL);
    in_folder("train/cat", "b.PNG", NULL);
    in_folder("train/dog", "c.png", NULL);
    in_folder("train/dog", "d.png", NULL);
    in_folder("train/dog", "e.png", NULL);
    in_folder("train/dog", "f.png", NULL);
    mkdir(scratch("test"), 0777);
    in_folder("test/dog", "x.png", NULL);
}

static int folders_setup(void **state)
{
    if (scratch_setup(state) != 0)
        return -1;
    fill_folders();
    return 0;
}

static int folders_teardown(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", scratch_folder);
    return system(command);
}

static int load(const struct cnn_model *m, int parts, struct cnn_datasets *d)
{
    const struct cnn_data_options o = {.dir = scratch_folder, .parts = parts};
    return cnn_data_load(m, &o, d, &error);
}

/* Classes are in the order of their names. Rows are mixed so that every stretch of them has its part of each class. */
static void test_folder(void **state)
{
    (void)state;
    static const unsigned char rows[6] = {'c', 'a', 'd', 'e', 'b', 'f'}, labels[6] = {1, 0, 1, 1, 0, 1};
    struct cnn_model m = model();
    struct cnn_datasets d;
    float x[6];
    int32_t y;
    assert_int_equal(load(&m, CNN_PART_TRAIN, &d), 0);
    assert_int_equal(d.train.rows, 6);
    assert_int_equal(d.train.n_classes, 2);
    assert_string_equal(d.train.classes[0], "cat");
    for (int i = 0; i < 6; i++) {
        cnn_gather(&d.train, NULL, i, 1, x, &y);
        assert_true(x[0] == rows[i] && x[5] == rows[i]);
        assert_int_equal(y, labels[i]);
    }
    cnn_data_free(&d);
}

/* In a test set without cats, a dog is still class 1, whether the training data are read or not. */
static void test_names(void **state)
{
    (void)state;
    struct cnn_model m = model();
    for (int parts = CNN_PART_TEST; parts <= (CNN_PART_TEST | CNN_PART_TRAIN); parts += CNN_PART_TRAIN) {
        struct cnn_datasets d;
        assert_int_equal(load(&m, parts, &d), 0);
        assert_int_equal(d.test.rows, 1);
        assert_true(cnn_array_get(&d.test.y, 0) == 1);
        assert_string_equal((d.test.classes ? d.test : d.train).classes[1], "dog");
        cnn_data_free(&d);
    }
}

static void test_losses(void **state)
{
    (void)state;
    struct cnn_model m = model();
    struct ports *p = ports_of(&m);
    struct cnn_datasets d;
    p->target = (struct cnn_target){.loss = "categorical_crossentropy", .takes = {1, 0, 1, 0, 1, 0, 0}};
    assert_int_equal(load(&m, CNN_PART_TRAIN, &d), 0);
    assert_true(cnn_array_get(&d.train.y, 0) == 0 && cnn_array_get(&d.train.y, 1) == 1); /* a dog */
    assert_true(cnn_array_get(&d.train.y, 2) == 1 && cnn_array_get(&d.train.y, 3) == 0);
    cnn_data_free(&d);
    p->target.loss = "binary_crossentropy";
    p->target.takes.sum_to_one = p->output.meaning.votes = 0;
    set_outputs(&m, 1);
    assert_int_equal(load(&m, CNN_PART_TRAIN, &d), 0);
    assert_true(cnn_array_get(&d.train.y, 0) == 1 && cnn_array_get(&d.train.y, 1) == 0);
    cnn_data_free(&d);
    p->target.loss = "mse";
    p->output.meaning.classes = 0;
    assert_int_equal(load(&m, CNN_PART_TRAIN, &d), -1);
    assert_has(error.text, "folders of pictures are classes, but the loss 'mse' compares numbers");
}

static void test_named(void **state)
{
    (void)state;
    struct cnn_model m = model();
    struct cnn_dataset d;
    char a[600], b[600];
    snprintf(a, sizeof a, "%s", scratch("train/dog/f.png"));
    snprintf(b, sizeof b, "%s", scratch("train/cat/b.PNG"));
    const char *paths[] = {a, b};
    assert_int_equal(cnn_images.files(&m, paths, 2, &d, &error), 0);
    assert_true(d.rows == 2 && !d.y.data);
    assert_true(cnn_array_get(&d.x, 0) == 'f' && cnn_array_get(&d.x, 6) == 'b');
    cnn_dataset_free(&d);
    ports_of(&m)->input.shape[2] = 2;
    assert_int_equal(cnn_images.files(&m, paths, 2, &d, &error), -1);
    assert_has(error.text, "a picture is [height, width, 1 or 3 or 4 channels]");
}

/* The folders are as people have them: other files beside the pictures, folders within classes, names without an
 * ending, links in a circle. */
static void test_tidiness(void **state)
{
    (void)state;
    static const unsigned char rows[8] = {'c', 'a', 'd', 'h', 'e', 'g', 'f', 'b'};
    struct cnn_model m = model();
    struct cnn_datasets d;
    in_folder("train", "README.txt", "x");
    in_folder("train/dog", "Thumbs.db", "x");
    in_folder("train/dog", "old.gif", "GIF89a");
    in_folder("train/cat/more", "g", NULL); /* no ending, but a picture */
    mkdir(scratch("train/cat/more/deep"), 0777);
    in_folder("train/cat/more/deep", "h.png", NULL);
    assert_int_equal(symlink("..", scratch("train/cat/more/round")), 0);
    assert_int_equal(symlink("nowhere", scratch("train/cat/lost")), 0);
    assert_int_equal(load(&m, CNN_PART_TRAIN | CNN_PART_TEST, &d), 0);
    assert_int_equal(d.train.rows, 8);
    assert_int_equal(d.train.n_classes, 2);
    int found[8] = {0};
    for (int i = 0; i < 8; i++)
        for (int k = 0; k < 8; k++)
            found[k] += cnn_array_get(&d.train.x, 6 * i) == rows[k];
    for (int k = 0; k < 8; k++)
        assert_int_equal(found[k], 1);
    cnn_data_free(&d);
    struct cnn_paths all = {0};
    struct cnn_skipped skipped = {0};
    assert_int_equal(cnn_folder_pictures(scratch("train/cat"), &all, &skipped, &error), 0);
    assert_int_equal(all.n, 4);
    assert_has(all.at[2], "/cat/more/deep/h.png"); /* sorted, folder by folder */
    assert_has(all.at[3], "/cat/more/g");
    assert_int_equal(skipped.n, 1);
    assert_has(skipped.some, "/cat/lost");
    cnn_paths_free(&all);
    unlink(scratch("train/cat/more/round"));
    assert_int_equal(folders_teardown(NULL), 0);
    mkdir(scratch_folder, 0777);
    fill_folders();
}

static void refuse_folder(const struct cnn_model *m, const char *message)
{
    struct cnn_datasets d;
    assert_int_equal(load(m, CNN_PART_TRAIN | CNN_PART_TEST, &d), -1);
    assert_has(error.text, message);
    assert_null(d.train.x.data);
}

static void test_folders_refused(void **state)
{
    (void)state;
    struct cnn_model m = model();
    set_outputs(&m, ports_of(&m)->output.meaning.classes = 3);
    refuse_folder(&m, "/train: holds 2 folders, one for each class, but the network has 3 classes");
    m = model();
    in_folder("train", "lost.png", NULL);
    refuse_folder(&m, "/train/lost.png: is in no class's folder");
    unlink(scratch("train/lost.png"));
    in_folder("train/dog", "d.png", "no picture");
    in_folder("train/dog", "e.png", "no picture either");
    refuse_folder(&m, "/train/dog/d.png: byte 0: neither"); /* the first in order, however many threads there are */
    in_folder("train/dog", "d.png", NULL);
    in_folder("train/dog", "e.png", NULL);
    mkdir(scratch("train/eel"), 0777);
    refuse_folder(&m, "/train/eel: holds no pictures");
    rmdir(scratch("train/eel"));
    in_folder("test/zebra", "x.png", NULL);
    refuse_folder(&m, "/test/zebra: 'zebra' is not a class of ");
    assert_has(error.text, ": cat, dog");
    spec.test.x = "nowhere";
    refuse_folder(&m, "/nowhere: cannot open");
}

/* Three processes take pictures from one list: each picture is taken once, and all have what the others made. */
static void decoded_together(void **state)
{
    (void)state;
    enum { PICTURES = 50, PROCESSES = 3 };
    const char *paths[PICTURES];
    for (int i = 0; i < PICTURES; i++)
        paths[i] = "a picture";
    setenv("CNN_JOB", scratch("job"), 1);
    pid_t others[PROCESSES];
    for (int q = 0; q < PROCESSES; q++) {
        struct cnn_common c;
        struct cnn_array x = {0};
        others[q] = q + 1 < PROCESSES ? fork() : 0;
        if (others[q] != 0)
            continue;
        if (cnn_common_open(&c, paths, PICTURES, PICTURES) != 0)
            fail_msg("no memory for all");
        for (int64_t i; (i = cnn_common_next(&c)) < PICTURES; cnn_common_done(&c, 0))
            c.x[i]++;
        int status = cnn_common_finish(&c, &x);
        for (int i = 0; status == 0 && i < PICTURES; i++)
            status = ((const unsigned char *)x.data)[i] != 1;
        cnn_array_free(&x);
        if (q + 1 < PROCESSES)
            _exit(status != 0);
        assert_int_equal(status, 0);
    }
    for (int q = 0; q + 1 < PROCESSES; q++) {
        int status;
        assert_int_equal(waitpid(others[q], &status, 0), others[q]);
        assert_int_equal(status, 0);
    }
    struct cnn_common alone;
    setenv("CNN_JOB_RANKS", "1", 1);
    assert_int_equal(cnn_common_open(&alone, paths, PICTURES, PICTURES), 0);
    assert_int_not_equal(access(alone.name, F_OK), 0); /* all have opened it, so nothing is left behind */
    unsetenv("CNN_JOB_RANKS");
    unsetenv("CNN_JOB");
    assert_int_equal(cnn_common_open(&alone, paths, PICTURES, PICTURES), -1);
}

/* What a killed job has left has no lock any more. */
static void left_behind(void **state)
{
    (void)state;
    const char *const path = "a picture";
    struct cnn_common c;
    struct cnn_array x = {0};
    char name[2][64];
    int fd[2];
    for (int i = 0; i < 2; i++) {
        snprintf(name[i], sizeof name[i], "/dev/shm/cnnc-test-%d-%d", (int)getpid(), i);
        fd[i] = open(name[i], O_RDWR | O_CREAT | O_EXCL, 0600);
        assert_true(fd[i] >= 0);
    }
    assert_int_equal(flock(fd[1], LOCK_SH), 0);
    close(fd[0]);
    setenv("CNN_JOB", scratch("job"), 1);
    assert_int_equal(cnn_common_open(&c, &path, 1, 1), 0);
    unsetenv("CNN_JOB");
    cnn_common_done(&c, 0);
    assert_int_equal(cnn_common_finish(&c, &x), 0);
    cnn_array_free(&x);
    assert_int_not_equal(access(name[0], F_OK), 0);
    assert_int_equal(access(name[1], F_OK), 0);
    unlink(name[1]);
    close(fd[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(left_behind),
        cmocka_unit_test(decoded_together),
        cmocka_unit_test(test_png),
        cmocka_unit_test(test_png_depths),
        cmocka_unit_test(test_jpeg),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_resize),
        cmocka_unit_test(test_channels),
        cmocka_unit_test(test_folder),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_losses),
        cmocka_unit_test(test_named),
        cmocka_unit_test(test_orientations),
        cmocka_unit_test(test_printed),
        cmocka_unit_test(test_tidiness),
        cmocka_unit_test(test_folders_refused),
    };
    return cmocka_run_group_tests_name("images", tests, folders_setup, folders_teardown);
}
