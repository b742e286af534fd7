// both.cc -- C++: a class around the library, and the constants of the inference beside it. Both answer alike.
#include <cmath>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <vector>

#include "points.h"
#include "ring_infer.h"
#include "ring_lib.h"

class Ring {
public:
    explicit Ring(const char *weights) : net(std::make_unique<ring>())
    {
        ring_init(net.get(), 0);
        if (ring_load(net.get(), weights) != 0)
            throw std::runtime_error(weights);
    }

    std::vector<float> predict(const std::vector<float> &x)
    {
        const int n = static_cast<int>(x.size() / RING_INPUT);
        std::vector<float> normal(x.size()), y(x.size() / RING_INPUT * RING_OUTPUT);
        ring_normalize_rows(net.get(), x.data(), normal.data(), n);
        ring_predict(net.get(), normal.data(), y.data(), n);
        return y;
    }

private:
    std::unique_ptr<ring> net; // a few kilobytes here, megabytes for other networks: not on the stack
};

int main()
{
    const int n = 100;
    std::vector<float> x(n * RING_INPUT), y(n * RING_OUTPUT), scratch(RING_BATCH_SCRATCH);
    for (float &number : x) {
        static std::uint32_t state = 3;
        number = next_number(&state);
    }
    const std::vector<float> expected = Ring("ring.safetensors").predict(x);
    for (int i = 0; i < n; i++)
        ring_normalize(&x[i * RING_INPUT], &x[i * RING_INPUT]);
    ring_infer_batch(x.data(), y.data(), n, scratch.data());
    float difference = 0;
    for (std::size_t i = 0; i < y.size(); i++)
        difference = std::fmax(difference, std::fabs(y[i] - expected[i]));
    std::printf("%d answers, %s\n", n, difference < 1e-5f ? "the same twice" : "different");
    return difference < 1e-5f ? 0 : 1;
}
