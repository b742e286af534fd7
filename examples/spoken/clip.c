/* clip.c -- a word from a WAV file to samples: clip DELAY <word.wav >>words. The file has 16-bit samples of one
 * channel at 22,050 Hz, as espeak-ng writes them. Out come LENGTH samples of 16 bits, the high byte first, at a third
 * of that rate: 0.56 seconds, which begin DELAY samples before the first that is heard. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LENGTH = 4096, STEP = 3, TAPS = 49, HEADER = 44, SILENCE = 200, SECONDS = 4, RATE = 22050 };

static int16_t sample(const unsigned char *p)
{
    return (int16_t)(p[0] | p[1] << 8);
}

/* 16-bit samples, one channel, 22,050 Hz, and nothing but a chunk `fmt ` in front of the samples */
static int is_wav(const unsigned char *header)
{
    return !memcmp(header, "RIFF", 4) && !memcmp(header + 8, "WAVEfmt ", 8) && !memcmp(header + 36, "data", 4) &&
           sample(header + 20) == 1 && sample(header + 22) == 1 && sample(header + 24) == RATE &&
           sample(header + 34) == 16;
}

/* A sinc, cut off by Hann's window: what is above 3.3 kHz would come back as another tone when two of three samples
 * go. */
static void make_filter(double filter[TAPS])
{
    const double pi = acos(-1), cutoff = 2 * 3300.0 / RATE;
    double sum = 0;
    for (int i = 0; i < TAPS; i++) {
        const double t = i - TAPS / 2, sinc = t == 0 ? 1 : sin(pi * cutoff * t) / (pi * cutoff * t);
        filter[i] = sinc * (0.5 + 0.5 * cos(2 * pi * t / (TAPS + 1)));
        sum += filter[i];
    }
    for (int i = 0; i < TAPS; i++)
        filter[i] /= sum;
}

int main(int argc, char **argv)
{
    static unsigned char bytes[HEADER + 2 * SECONDS * RATE];
    const long n = ((long)fread(bytes, 1, sizeof bytes, stdin) - HEADER) / 2;
    if (argc != 2)
        return fprintf(stderr, "clip DELAY <word.wav >>words\n"), 2;
    if (n < 0 || !is_wav(bytes))
        return fprintf(stderr, "clip: no WAV file of one channel, 16 bits, 22050 Hz\n"), 1;
    double filter[TAPS];
    make_filter(filter);
    long first = 0;
    while (first < n && abs(sample(bytes + HEADER + 2 * first)) < SILENCE)
        first++;
    for (long i = 0; i < LENGTH; i++) {
        double sum = 0;
        for (long k = 0; k < TAPS; k++) {
            const long at = first + (i - atol(argv[1])) * STEP + k - TAPS / 2;
            if (at >= 0 && at < n)
                sum += filter[k] * sample(bytes + HEADER + 2 * at);
        }
        const long y = lround(fmax(-32768, fmin(32767, sum)));
        putchar((int)(y >> 8 & 0xff));
        putchar((int)(y & 0xff));
    }
    return ferror(stdout) ? 1 : 0;
}
