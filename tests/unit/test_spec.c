/* test_spec.c -- the text language: what a text means, shown by its canonical print, and the messages for mistakes */
#include "front_test.h"

struct pair {
    const char *text, *other;
};

#define N(table) (sizeof(table) / sizeof *(table))

static void all_mean(const struct pair *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        expect_spec("test_spec.net", p[i].text, p[i].other);
}

static void all_fail(const struct pair *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        expect_error("test_spec.net", p[i].text, p[i].other);
}

static void statements(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"", ""},
        {"\n# nothing\n\n", ""},
        {"\xef\xbb\xbf"
         "Flatten\r\nDense 3\r\n",
         "Flatten\nDense 3\n"},
        {"Dense 8 -3", "Dense 8 -3\n"},
        {"Dense 8 relu l2=1e-4 # comment", "Dense 8 relu l2=0.0001\n"},
        {"c2: Conv2D 32 3x3 \\\n  padding=same\n", "c2: Conv2D 32 3x3 padding=same\n"},
        {"Input 28 x=1", "Input 28 x=1\n"},
        {"data { \n normalize scale=1/256 \n }", "data {\n  normalize scale=0.00390625\n}\n"},
        {"path { Dense 3 }\n", "path {\n  Dense 3\n}\n"},
        {"a {\n}\n", "a {\n}\n"},
        {"x [1, 2, [a, b(c=d)]] []", "x [1, 2, [a, b(c=d)]] []\n"},
        {"x f() l2(1e-4) g(1, k=[2])", "x f() l2(0.0001) g(1, k=[2])\n"},
        {"x \"a \\\"\\\\\\n\\t\\x41\\xff\"", "x \"a \\\"\\\\\\n\\tA\xff\"\n"},
    };
    all_mean(pairs, N(pairs));
}

static void numbers(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"x 1/4 2*3*4 8/4/2", "x 0.25 24 1\n"},
        {"x (1 + 2) (1+2)*3 (1-2-3) (7 -2)", "x 3 9 -4 5\n"},
        {"x (2*(3 + 1) - 1)/7", "x 1\n"},
        {"x .5 5. 1e3 1E-3 +4 -.5 -0", "x 0.5 5 1000 0.001 4 -0.5 0\n"},
        {"x 0.1 1/3 1e-7 1e300 123456789012", "x 0.1 0.3333333333333333 1e-7 1e300 123456789012\n"},
        {"x f(-1, 2-1) [1+1, -2]", "x f(-1, 1) [2, -2]\n"},
        {"x 0x0 28x28x1 1x2x3x4", "x 0x0 28x28x1 1x2x3x4\n"},
        {"let w=3\nx -$w (1 -$w) $w*-2", "x -3 -2 -6\n"},
    };
    all_mean(pairs, N(pairs));
}

static void names_without_quotes(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"x data.csv a-b_c.npy dir/x ./y ../z /abs/w .hidden",
         "x \"data.csv\" \"a-b_c.npy\" \"dir/x\" \"./y\" \"../z\" \"/abs/w\" \".hidden\"\n"},
        {"x 1.csv 10k-images.gz 2024-01/x.npy 3x3.npy k=a.b [a.b, 1.csv] f(a/b)",
         "x \"1.csv\" \"10k-images.gz\" \"2024-01/x.npy\" \"3x3.npy\" k=\"a.b\" [\"a.b\", \"1.csv\"] f(\"a/b\")\n"},
        {"x 'it''s' 'a b' k='\\''", "x \"it\" \"s\" \"a b\" k=\"'\"\n"},
        {"let w=6\nx 1e-2/2 $w/2 $w/$w 8 /2 .5/.5 6/-2", "x 0.005 3 1 4 1 -3\n"},
        {"c2: x from=[c2, c5]", "c2: x from=[c2, c5]\n"},
        {"x (28, 28, 1) (3,) [1, 2,] f(1, k=2,)", "x [28, 28, 1] [3] [1, 2] f(1, k=2)\n"},
    };
    all_mean(pairs, N(pairs));
}

/* For a habit from another language, the message tells the form of this one. */
static void cures(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"Input 28,28,1", ":1:7: error: unexpected '28,28,1'; dimensions are written 28x28x1"},
        {"Input 28, 28, 1", "dimensions are written 28x28x1"},
        {"Input 28X28X1", ":1:7: error: dimensions have a small x"},
        {"Conv2D 32, 3x3, relu", ":1:10: error: unexpected ','; arguments are separated by spaces"},
        {"Dense 64 relu,", "arguments are separated by spaces"},
        {"Dense(64, relu)", "      | Dense 64 relu\n"},
        {"Dense(64, kernel_regularizer=l2(0.1)),", "      | Dense 64 kernel_regularizer=l2(0.1)\n"},
        {"model.add(Dense(64))", "a layer is a line such as 'Dense 64 relu'"},
        {"model = Sequential()", "'let model = ...' gives a name to a value"},
        {"train {\n  epochs = 3\n}", ":2:10: error: unexpected '='; the value follows its name, as in 'epochs 3'"},
        {"Dense 64 // hidden", ":1:10: error: a comment begins with '#'"},
        {"// hidden", "a comment begins with '#'"},
        {"/* hidden */", "a comment begins with '#'"},
        {"x batch-size=3", ":1:3: error: unexpected 'batch-size'; a name in front of '=' has '_'"},
        {"Dense 64 activation: relu", ":1:10: error: unexpected 'activation:'; an option has '=' behind its name"},
        {"x ~/a.csv", ":1:3: error: a name with other characters"},
        {"x a+b.csv", "|   \"a+b.csv\"\n"},
        {"x a@b", "is put in quotes"},
        {"x C:\\a.csv", "a name that holds ':' is put in quotes"},
        {"x 3cats", "a name that begins with a digit is put in quotes"},
        {"Input 28\xc3\x97"
         "28",
         "dimensions are written with the letter x"},
        {"\xef\xbc\xa4"
         "ense 3",
         ":1:1: error: this is a full-width character"},
        {"Dense\xc2\xa0"
         "3",
         "this is a no-break space"},
        {"x \xe2\x80\x9c"
         "a\xe2\x80\x9d",
         "names are quoted with"},
        {"train\n{\n}", "it stands at the end of the line that it belongs to"},
    };
    all_fail(pairs, N(pairs));
}

static void names_for_values(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"let w = 32\nDense $w*2", "Dense 64\n"},
        {"let a = relu k = 3x3 r = l2(1e-3) s = \"f\"\nX $a $k r=$r $s", "X relu 3x3 r=l2(0.001) \"f\"\n"},
        {"let w = 1\na {\n let w = 2\n x $w\n}\nx $w", "a {\n  x 2\n}\nx 1\n"},
        {"let v = 2\nlet w = ($v + 1)\nx [$w, f($v)]", "x [3, f(2)]\n"},
    };
    all_mean(pairs, N(pairs));
}

static void blocks(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"block b(f, s=1) {\n X $f $s\n}\nb 2\nb 3 s=4\nb s=5 f=6", "X 2 1\nX 3 4\nX 6 5\n"},
        {"let w = 1\nblock b {\n X $w\n}\nq {\n let w = 2\n b\n}", "q {\n  X 1\n}\n"},
        {"block a(n) {\n X $n\n}\nblock b(n) {\n a $n*2\n a 1\n}\nb 3", "X 6\nX 1\n"},
        {"block b {\n X\n Y\n}\nl: b", "X\nl: Y\n"},
        {"repeat 2 {\n let w = 1\n X $w\n}", "X 1\nX 1\n"},
        {"repeat 0 {\n X\n}", ""},
        {"block b(n) {\n repeat $n {\n  X\n }\n}\nb 2", "X\nX\n"},
    };
    all_mean(pairs, N(pairs));
}

static void syntax_errors(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"Dense(64) relu", ":1:1: error: unexpected '('; arguments follow a name without parentheses"},
        {"Dense 64 relu=\n", ":1:15: error: unexpected end of line, expected a value"},
        {"Dense 64 relu=", ":1:15: error: unexpected end of line, expected a value"},
        {"32 Dense", ":1:1: error: unexpected '32'; a statement starts with a name"},
        {"Dense )", "unexpected ')'"},
        {"Dense [1, 2", "unexpected end of line, expected ']' or ','"},
        {"Dense f(1", "expected ')' or ','"},
        {"Dense [k=1]", "a list holds values, not options"},
        {"let w = 1 + 2", "'+' and '-' stand in parentheses"},
        {"Dense 8-3", ":1:8: error: '+' and '-' stand in parentheses"},
        {"Dense 8 - 3", ":1:9: error: '+' and '-' stand in parentheses"},
        {"let w = 1\nDense 8-$w", ":2:8: error: '+' and '-' stand in parentheses"},
        {"Dense 8 -", ":1:9: error: '+' and '-' stand in parentheses"},
        {"Dense \"abc\nFlatten", ":1:7: error: unterminated string"},
        {"Dense \"abc\\", ":1:7: error: unterminated string"},
        {"Dense \"\\q\"", ":1:8: error: no such escape"},
        {"Dense \"\\x00\"", "no such escape"},
        {"Dense \"\\x4\"", "no such escape"},
        {"Dense 3xs", ":1:7: error: neither a number nor dimensions"},
        {"Dense 1.2.3", "neither a number nor dimensions"},
        {"Dense 1e999", "this number is too large"},
        {"Dense 99999999999999999999x3", "a dimension does not fit 64 bits"},
        {"Dense 1x2x3x4x5x6", "more than 4 dimensions"},
        {"Dense @", ":1:7: error: this character means nothing here"},
        {"Dense \xc3\xa9", "belongs in a string or a comment only"},
        {"a {\n b {\n }\n", ":1:3: error: this '{' is never closed"},
        {"a\n}\nb", ":2:1: error: '}' without a '{'"},
        {"a: b: c", "unexpected 'b:', expected a name"},
        {"Dense 8 } \n", "'}' without a '{'"},
    };
    all_fail(pairs, N(pairs));
}

static void several_errors(void **state)
{
    (void)state;
    struct reading *r = calloc(1, sizeof *r);
    assert_non_null(r);
    read_spec(r, "test_spec.net", "a ) ) @ \"\nb {\n c (\n d 3x\n}\ne =\n) {\n f 1..2\n}\n", NULL, 0);
    assert_int_equal(r->errors, 6);
    free(r);
}

static void meaning_errors(void **state)
{
    (void)state;
    static const struct pair pairs[] = {
        {"x 1/0", ":1:5: error: division by zero"},
        {"x 1e308*10", "the result is too large"},
        {"x 2*3x3", ":1:5: error: '*' takes numbers, but this is dimensions"},
        {"x $w", "nothing is named '$w'"},
        {"let width = 1\nx $widht", "did you mean '$width'?"},
        {"let w = $v\nx $w $w", "nothing is named '$v'"},
        {"let w = 1\nlet w = 2", ":2:5: error: 'w' has a value already"},
        {"let", "'let' gives names to values"},
        {"let w 3", "'let' wants NAME = value"},
        {"block b\n", "'block' wants a name"},
        {"block b(3) {\n}", "the parameter of a block is a name"},
        {"block b(n, n) {\n}", "two parameters are called 'n'"},
        {"block b(n) {\n}\nb", ":3:1: error: block 'b' needs its parameter 'n'"},
        {"block b(n) {\n}\nb 1 2", "too many arguments; block 'b' takes n"},
        {"block b(n) {\n}\nb 1 m=2", "block 'b' has no parameter 'm'; it takes n"},
        {"block b(n) {\n}\nb 1 n=2", "'n' is given twice"},
        {"block b {\n}\nb {\n}", "'b' is a block and takes no body"},
        {"block b {\n b\n}\nb", "block 'b' uses itself"},
        {"block b {\n}\nblock b {\n}", "there is a block 'b' already"},
        {"block b {\n}\nl: b", "nothing here can take the label 'l'"},
        {"repeat {\n}", "'repeat' wants a count and a body"},
        {"repeat 1.5 {\n}", "whole number from 0 to 10000"},
        {"repeat -1 {\n}", "whole number from 0 to 10000"},
        {"repeat 9999 {\n repeat 9999 {\n  X\n }\n}", "here the spec grows beyond"},
        {"include 3", "'include' wants the name of a .net file"},
        {"include \"nowhere.net\"", ":1:9: error: cannot read 'nowhere.net'"},
        {"include \"test_spec.net\"", "'test_spec.net' includes itself"},
    };
    all_fail(pairs, N(pairs));
}

/* A hundred thousand brackets, a million operators and values that double a hundred times each give an error
 * quickly. */
static void bombs(void **state)
{
    (void)state;
    enum { N_BOMB = 100000 };
    char *text = calloc(1, 4 * N_BOMB);
    assert_non_null(text);
    const char *const openings[] = {"(", "[", "f(", "a {\n"};
    for (size_t i = 0; i < N(openings); i++) {
        char *end = text + sprintf(text, "%s", i == 3 ? "" : "x ");
        for (int k = 0; k < N_BOMB && (size_t)(end - text) < 4 * N_BOMB - 8; k++)
            end += sprintf(end, "%s", openings[i]);
        expect_error("test_spec.net", text, "nested more than 64 deep");
    }
    char *end = text + sprintf(text, "x 1");
    for (int k = 0; k < N_BOMB; k++)
        end += sprintf(end, "*1");
    expect_error("test_spec.net", text, "more than 1,000 operators in one statement");
    end = text + sprintf(text, "let v0 = [1, 1]\n");
    for (int k = 1; k < 40; k++)
        end += sprintf(end, "let v%d = [$v%d, $v%d]\n", k, k - 1, k - 1);
    expect_error("test_spec.net", text, "grows beyond");
    end = text + sprintf(text, "let v0 = 1\n");
    for (int k = 1; k < 80; k++)
        end += sprintf(end, "let v%d = [$v%d]\n", k, k - 1);
    expect_error("test_spec.net", text, "nested more than 64 deep");
    free(text);
}

static void definitions(void **state)
{
    (void)state;
    struct reading *r = calloc(1, sizeof *r);
    assert_non_null(r);
    const char *text = "let w = 32\nlet act = relu\nDense $w $act";
    const struct define width[] = {{"w", "64"}, {"act", "tanh"}, {"w", "2*8"}}, typo[] = {{"wi", "1"}},
                        broken[] = {{"w", "1 2"}};
    read_spec(r, "test_spec.net", text, width, 3);
    assert_string_equal(r->printed, "Dense 16 tanh\n");
    read_spec(r, "test_spec.net", text, typo, 1);
    assert_non_null(strstr(r->said.text, "-D wi: no 'let' has that name"));
    read_spec(r, "test_spec.net", text, broken, 1);
    assert_non_null(strstr(r->said.text, "<-D w>:1:1: error: not a single value"));
    assert_int_equal(r->errors, 1);
    free(r);
}

static void write_file(const char *name, const char *text)
{
    FILE *f = fopen(name, "wb");
    assert_true(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

static void includes(void **state)
{
    (void)state;
    write_file("test_spec_a.net", "let w = 3\nblock b {\n X $w\n}\ninclude \"test_spec_b.net\"\n");
    write_file("test_spec_b.net", "Y $w\n");
    expect_spec("test_spec.net", "include \"test_spec_a.net\"\nb", "Y 3\nX 3\n");
    write_file("test_spec_b.net", "include \"./test_spec_a.net\"\n");
    expect_error("test_spec.net", "include \"test_spec_a.net\"\n",
                 "test_spec_b.net:1:9: error: './test_spec_a.net' includes itself");
    write_file("test_spec_b.net", "Y =\n");
    expect_error("test_spec.net", "include \"test_spec_a.net\"\n", "test_spec_b.net:1:3: error: unexpected '='");
    unlink("test_spec_a.net");
    unlink("test_spec_b.net");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements),    cmocka_unit_test(names_without_quotes), cmocka_unit_test(cures),
        cmocka_unit_test(numbers),       cmocka_unit_test(names_for_values),     cmocka_unit_test(blocks),
        cmocka_unit_test(syntax_errors), cmocka_unit_test(several_errors),       cmocka_unit_test(meaning_errors),
        cmocka_unit_test(bombs),         cmocka_unit_test(definitions),          cmocka_unit_test(includes),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
