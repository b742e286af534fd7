/* seeds.c -- seeds FOLDER: writes a small good file for every reader of fuzz_data.c and for fuzz_weights.c. Each begins
 * with the byte that picks its reader. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <zlib.h>

#include "../unit/image_files.h"
#include "../unit/tiny_model.c"
#include "train/checkpoint.h"

static struct cnn_error error;

static void copy(const char *folder, const char *target, int number, const char *from)
{
    char path[600];
    int byte;
    snprintf(path, sizeof path, "%s/%s-%02d", folder, target, number);
    FILE *in = fopen(from, "rb"), *out = fopen(path, "wb");
    if (!in || !out)
        exit(1);
    putc(number, out);
    while ((byte = getc(in)) != EOF)
        putc(byte, out);
    fclose(in);
    fclose(out);
}

static const char *text(const char *name, const char *what, size_t n)
{
    FILE *f = fopen(name, "wb");
    if (!f || fwrite(what, 1, n, f) != n || fclose(f) != 0)
        exit(1);
    return name;
}

static const char *packed(const char *name, const char *what, size_t n)
{
    gzFile f = gzopen(name, "wb");
    if (!f || gzwrite(f, what, (unsigned)n) != (int)n || gzclose(f) != Z_OK)
        exit(1);
    return name;
}

static const float rows[5][X_N] = {{1, 2, 3, 4}, {5, 6, 7, 8}};

static void write_arrays(const char *folder)
{
    static const char idx[] = "\0\0\x08\x02\0\0\0\x02\0\0\0\x03"
                              "abcdef";
    struct cnn_tensors t = {0};
    const struct cnn_array a = cnn_array_view(CNN_F32, 2, (const int64_t[]){5, X_N}, rows);
    if (cnn_npy_write("s.npy", &a, &error) != 0 || cnn_tensors_add(&t, "x", a, &error) != 0 ||
        cnn_npz_write("s.npz", &t, 1, &error) != 0 || cnn_tensors_add_metadata(&t, "key", "value", &error) != 0 ||
        cnn_safetensors_write("s.safetensors", &t, &error) != 0)
        exit(1);
    cnn_tensors_free(&t);
    copy(folder, "data", 0, "s.npy");
    copy(folder, "data", 1, text("s.idx", idx, sizeof idx - 1));
    copy(folder, "data", 2, packed("s.gz", idx, sizeof idx - 1));
    copy(folder, "data", 3, "s.npz");
    copy(folder, "data", 4, "s.safetensors");
    copy(folder, "data", 5, "s.npy");
    copy(folder, "data", 6, "s.npz");
}

static void write_texts(const char *folder)
{
    static const char table[] = "a,b,kind,c,d\n1,2,x,3,4\n5,6,y,7,-8e3\n\"9\",1,z,2,3\n";
    static const char log[] = "epoch,loss,val_loss\n0,1.5,2\n1,1.25,1.75\n";
    copy(folder, "data", 7, text("s.csv", table, sizeof table - 1));
    copy(folder, "data", 12, text("l.csv", log, sizeof log - 1));
}

static void write_pictures(const char *folder)
{
    static const unsigned char pixels[4 * 4 * 3] = {1, 2, 3, 250};
    const struct picture p = {.width = 4, .height = 4, .channels = 3, .pixels = pixels};
    write_png("s.png", &p);
    write_jpeg("s.jpeg", &p);
    copy(folder, "data", 8, "s.png");
    copy(folder, "data", 9, "s.jpeg");
}

static void write_weights(const char *folder)
{
    static float theta[fast_THETA], state[2 * fast_THETA];
    static const float kernel[60], bias[9], dense[45];
    struct cnn_tensors t = {0};
    struct cnn_position p = {0};
    if (cnn_checkpoint_write(&tiny_model, theta, state, &p, "c.safetensors", &error) != 0)
        exit(1);
    copy(folder, "data", 10, "c.safetensors");
    copy(folder, "data", 11, "c.safetensors");
    cnn_tensors_add(&t, "conv2d.kernel", cnn_array_view(CNN_F32, 4, (const int64_t[]){2, 2, 3, 5}, kernel), &error);
    cnn_tensors_add(&t, "conv2d.bias", cnn_array_view(CNN_F32, 1, (const int64_t[]){5}, bias), &error);
    cnn_tensors_add(&t, "dense.kernel", cnn_array_view(CNN_F32, 2, (const int64_t[]){5, 9}, dense), &error);
    cnn_tensors_add(&t, "dense.bias", cnn_array_view(CNN_F32, 1, (const int64_t[]){9}, bias), &error);
    if (cnn_safetensors_write("w.safetensors", &t, &error) != 0 || cnn_npz_write("w.npz", &t, 0, &error) != 0)
        exit(1);
    cnn_tensors_free(&t);
    copy(folder, "weights", 0, "w.safetensors");
    copy(folder, "weights", 1, "w.npz");
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    write_arrays(argv[1]);
    write_texts(argv[1]);
    write_pictures(argv[1]);
    write_weights(argv[1]);
    return 0;
}
