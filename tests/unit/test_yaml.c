/* test_yaml.c -- the YAML twin: it gives the same print as the text language and the same messages for mistakes */
#include "front_test.h"
#include "spec/front.h"

struct pair {
    const char *text, *other;
};

#define N(table) (sizeof(table) / sizeof *(table))

static void all_mean(const struct pair *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        expect_spec("test_yaml.yaml", p[i].text, p[i].other);
}

static void all_fail(const struct pair *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        expect_error("test_yaml.yaml", p[i].text, p[i].other);
}

static void layers_mean(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"model: mnist", "model mnist\n"},
        {"layers: [Flatten, ReLU]", "Flatten\nReLU\n"},
        {"layers: []", ""},
        {"layers:", ""},
        {"layers:\n  - Input: 28x28x1\n  - Dense: [10, softmax]\n", "Input 28x28x1\nDense 10 softmax\n"},
        {"layers: [Dense: 10 softmax, Dense 3 relu]", "Dense 10 softmax\nDense 3 relu\n"},
        {"layers: [Flatten: ]", "Flatten\n"},
        {"layers: [{Conv2D: {filters: 64, padding: same, name: c2}}]", "c2: Conv2D filters=64 padding=same\n"},
        {"layers: [Dense: [64, {l2: 1e-4}, l1(2)]]", "Dense 64 l2=0.0001 l1(2)\n"},
        {"layers: [Add: {from: [a, b]}]", "Add from=[a, b]\n"},
        {"layers: [Add: [[a, b], 3]]", "Add [a, b] 3\n"},
        {"layers: [Dense: {k: {l1_l2: {l1: 1, l2: 2}}}]", "Dense k=l1_l2(l1=1, l2=2)\n"},
        {"layers: [Dense: {k: {l2: 3}}, D: {k: {f: [1, {g: 2}]}}]", "Dense k=l2(3)\nD k=f(1, g=2)\n"},
        {"layers: [residual: [Conv2D: 3, BatchNorm]]", "residual {\n  Conv2D 3\n  BatchNorm\n}\n"},
        {"layers: [residual: {project: auto, body: [ReLU]}]", "residual project=auto {\n  ReLU\n}\n"},
        {"layers: [residual project=no: [ReLU]]", "residual project=no {\n  ReLU\n}\n"},
        {"layers: [concat: [path: [A], path: [B]]]", "concat {\n  path {\n    A\n  }\n  path {\n    B\n  }\n}\n"},
        {"layers:\n- block b(n, m=2): [X: [$n, $m]]\n- b: 1\n- b: [3, {m: 4}]\n", "X 1 2\nX 3 4\n"},
        {"layers: [repeat 2: [X]]", "X\nX\n"},
        {"layers: [X: 1/256, Y: $w*2, Z: ($w + 1)]\nlet: {w: 4}", "X 0.00390625\nY 8\nZ 5\n"},
        {"layers: [X: [\"a b\", 'c', d-e.gz, ./f, ../g/h.npy, i/j]]",
         "X \"a b\" \"c\" \"d-e.gz\" \"./f\" \"../g/h.npy\" \"i/j\"\n"},
        {"layers: [X: \"tab\\t\\xe9\"]", "X \"tab\\t\xc3\xa9\"\n"},
        {"layers:\n  - X: |\n      two\n      lines\n", "X \"two\\nlines\\n\"\n"},
    };
    all_mean(pairs, N(pairs));
}

static void sections_mean(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"data: {train: [idx, a.gz, b.gz], normalize: {scale: 1/256}}",
         "data {\n  train idx \"a.gz\" \"b.gz\"\n  normalize scale=0.00390625\n}\n"},
        {"train: {optimizer: {adam: {lr: 0.5}}, loss: mse}", "train {\n  optimizer adam lr=0.5\n  loss mse\n}\n"},
        {"train: {optimizer: {sgd: {lr: {cosine: [1, {warmup: 2}]}}, clipnorm: 1}}",
         "train {\n  optimizer sgd lr=cosine(1, warmup=2) clipnorm=1\n}\n"},
        {"train: {optimizer: {sgd: [nesterov, {lr: {exponential: [0.1, {steps: 5}, staircase]}}]}}",
         "train {\n  optimizer sgd nesterov lr=exponential(0.1, steps=5, staircase)\n}\n"},
        {"train: {loss: {binary_crossentropy: from_logits}}", "train {\n  loss binary_crossentropy from_logits\n}\n"},
        {"train: {loss: {huber: 2}}", "train {\n  loss huber 2\n}\n"},
        {"train: {loss: {mse: }}", "train {\n  loss mse\n}\n"},
        {"data: {normalize: {mean: [1, 2]}}", "data {\n  normalize mean=[1, 2]\n}\n"},
        {"train: {optimizer: adam lr=0.5, metrics: [accuracy, top_k(5)]}",
         "train {\n  optimizer adam lr=0.5\n  metrics accuracy top_k(5)\n}\n"},
        {"train: {epochs: 5, batch: 32, seed: 1}", "train {\n  epochs 5 batch=32 seed=1\n}\n"},
        {"train: {batch: 32, epochs: 5}", "train {\n  epochs 5 batch=32\n}\n"},
        {"train: {batch: 32}", "train {\n  batch 32\n}\n"},
        {"data: {batch: 32, epochs: 5}", "data {\n  batch 32\n  epochs 5\n}\n"},
        {"validate: kfold k=5 stratified", "validate kfold k=5 stratified\n"},
        {"validate: {kfold: {k: 5, stratified: yes}}", "validate kfold k=5 stratified=yes\n"},
        {"validate: [kfold, stratified, {k: 5, repeats: 2}]", "validate kfold stratified k=5 repeats=2\n"},
        {"validate: leave_one_out", "validate leave_one_out\n"},
    };
    all_mean(pairs, N(pairs));
}

static void yaml_errors(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"a: &x 1", ":1:4: error: anchors are not supported"},
        {"a: *x", ":1:4: error: aliases are not supported"},
        {"a: !!int 3", ":1:4: error: tags are not supported"},
        {"a: ![]", "error: "},
        {"a: {b: 1, c: 2, b: 3}", ":1:17: error: the key 'b' stands here twice"},
        {"\xc3\xa9: 1\n\xc3\xa9: 2", ":2:1: error: the key"},
        {"a: [\"\xc3\xa9\xe6\x97\xa5\", *x]", ":1:14: error: aliases"},
        {"a: 1\n---\nb: 2", ":3:1: error: a second document"},
        {"[a]: 2", ":1:1: error: a key must be a word"},
        {"", "this file holds no YAML document"},
        {"# nothing\n", "this file holds no YAML document"},
        {"- a", "a mapping is wanted here"},
        {"a: [1", "error: did not find expected ',' or ']'"},
        {"a: b: c", "error: mapping values are not allowed"},
        {"a: \"b", "error: found unexpected end of stream"},
        {"a: \xff", ":1:4: error: invalid leading UTF-8 octet"},
        {"a: \x01", ":1:4: error: control characters are not allowed"},
        {"layers: [X: \"\\0\"]", "a NUL byte in a string"},
    };
    all_fail(pairs, N(pairs));
    char text[400] = "a: ";
    memset(text + 3, '[', 300);
    expect_error("test_yaml.yaml", text, ":1:67: error: nested more than 64 deep");
}

static void spec_errors(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"layers: 3", "a list of layers is wanted here"},
        {"layers: [\"Dense(64, relu)\"]", "arguments follow a name without parentheses"},
        {"optimizer: adam", ":1:1: error: 'optimizer' belongs to 'train'"},
        {"layer: []", ":1:1: error: no section named 'layer'; did you mean 'layers'?"},
        {"foobar: 3", "there are model, let, include, layers, output, data, train, validate, ensemble"},
        {"layers: [3]", ":1:10: error: unexpected '3'"},
        {"layers: [[a]]", "a layer is wanted here"},
        {"layers: [{Dense: 3, name: x}]", ":1:21: error: a layer is one 'Name: arguments' pair"},
        {"layers: [Dense: {units: }]", "a value is missing here"},
        {"layers: [Dense: {units: 1 2}]", "one value is wanted here"},
        {"layers: [Dense: {units: {a: 1, b: 2}}]", "a value with arguments is one 'name: arguments' pair"},
        {"layers: [Dense: {un its: 1}]", "'un its' is not the name of an option"},
        {"layers: [Dense: {name: a b}]", "'name' is a word"},
        {"layers: [Dense: [3xs]]", ":1:18: error: neither a number nor dimensions"},
        {"layers: [Dense: [\"\xc3\xa9\", 3xs]]", ":1:24: error: neither a number"},
        {"layers: [Dense: $w]", ":1:17: error: nothing is named '$w'"},
        {"layers: [Dense: 1/0]", ":1:19: error: division by zero"},
        {"layers:\n  - Dense: {units: 1\n      2}", "must stand on one line"},
        {"layers: [\"De\\x6ese\": 3]", "must stand on one line and without escapes"},
        {"let: 3", "'let' gives names to values"},
        {"a b: {c: 1}", ":1:1: error: 'a b' is not a name"},
    };
    all_fail(pairs, N(pairs));
}

static void definitions(void **state)
{
    (void)state;
    struct reading *r = calloc(1, sizeof *r);
    assert_non_null(r);
    const struct define define = {"w", "64"};
    read_spec(r, "test_yaml.yaml", "layers: [Dense: $w]\nlet: {w: 32}", &define, 1);
    assert_string_equal(r->printed, "Dense 64\n");
    free(r);
}

/* The text is printed as `yaml`, which means the same. */
static void expect_print(const char *text, const char *yaml)
{
    struct ctx *c = ctx_new(NULL);
    const struct stmt_list *raw = read_text(c, "printed.net", text);
    assert_non_null(raw);
    assert_string_equal(yaml_print(c, raw), yaml);
    ctx_free(c);
    struct reading *r = calloc(1, sizeof *r);
    assert_non_null(r);
    read_spec(r, "test_yaml.net", text, NULL, 0);
    assert_string_equal(r->said.text, "");
    expect_spec("test_yaml.yaml", yaml, r->printed);
    free(r);
}

static void prints(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"a: Dense 64 l1(2) use=no # why\n", "layers:\n  - Dense:\n      - 64\n      - l1(2)\n      - {use: no}\n"
                                             "      - {name: a}\n"},
        {"X k=f(1, g=2) l=h(3) m=i(g(4, [5, j(6)]), \"a b\")\n",
         "layers:\n  - X:\n      - {k: {f: [1, {g: 2}]}}\n      - {l: {h: 3}}\n"
         "      - m=i(g(4, [5, j(6)]), \"a b\")\n"},
        {"X expr(a, b: a * \\\n   b)\nY f(expr(x: -x), 2)\n",
         "layers:\n  - X: 'expr(a, b: a *      b)'\n  - Y: 'f(expr(x: -x), 2)'\n"},
        {"X 1/4 2*(3 + \\\n 4) 3x3 \"tab\\t\\\"q\" [] [a, f(1)]\n",
         "layers:\n  - X: [1/4, 2*(3 + 4), 3x3, \"tab\\x09\\\"q\", [], [a, {f: 1}]]\n"},
        {"let a = 1\nlet b = $a*2\nr: residual project=no {\n  Dense $b\n}\nconcat {\n  path {\n  }\n}\n",
         "let: {a: 1, b: $a*2}\nlayers:\n  - residual project=no:\n      name: r\n      body:\n        - Dense: $b\n"
         "  - concat:\n      - path: []\n"},
        {"train {\n  loss mse on=a\n  loss mae on=b\n  epochs 3\n  metrics [accuracy, top_k(2)]\n"
         "  optimizer adam lr=f(g(1))\n}\n",
         "train:\n  loss:\n    - [mse, {on: a}]\n    - [mae, {on: b}]\n  epochs: 3\n"
         "  metrics:\n    - [[accuracy, {top_k: 2}]]\n  optimizer:\n    - adam\n    - lr=f(g(1))\n"},
    };
    for (size_t i = 0; i < N(pairs); i++)
        expect_print(pairs[i].text, pairs[i].other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_mean), cmocka_unit_test(sections_mean), cmocka_unit_test(yaml_errors),
        cmocka_unit_test(spec_errors), cmocka_unit_test(definitions),   cmocka_unit_test(prints),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
