# split.awk -- "WORD CLASS" to "ORDER PART WORD CLASS". Words of 3 to 16 letters that only one language has; all words
# that begin with the same five letters are in one part, a tenth of the beginnings in `test`. ORDER and the part are
# drawn by a hash.
BEGIN {
    for (i = 1; i < 256; i++)
        code[sprintf("%c", i)] = i
}

# the hash of Rabin and Karp, then two steps of Lehmer's generator, all below 2^53
function hash(s, seed,   i, h) {
    h = seed
    for (i = 1; i <= length(s); i++)
        h = (h * 257 + code[substr(s, i, 1)]) % 2147483647
    return h * 48271 % 2147483647 * 48271 % 2147483647
}

length($1) >= 3 && length($1) <= 16 && $1 !~ /[^a-z\275\337-\374]/ {
    languages[$1]++
    class[$1] = $2
}

END {
    for (word in languages)
        if (languages[word] == 1)
            print hash(word, 1), hash(substr(word, 1, 5), 2) % 10 ? "train" : "test", word, class[word]
}
