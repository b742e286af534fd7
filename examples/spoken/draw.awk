# draw.awk -- names of voices to clips, tabs between: an order that mixes the voices, the part, the voice, the digit,
# its word, an accent, words a minute, pitch, samples of silence in front. A family of voices has one name but for its
# number.
BEGIN {
    OFS = "\t"
    split("zero one two three four five six seven eight nine", word, " ")
    accents = split("en-us en-gb en-gb-scotland en-gb-x-rp en-gb-x-gbclan en-gb-x-gbcwmd en-029 en-us-nyc", accent, " ")
    state = 1
}

# Lehmer's generator: 0 .. n-1
function draw(n) {
    state = state * 48271 % 2147483647
    return int(state / 2147483647 * n)
}

{
    family = tolower($1)
    sub(/[0-9]+$/, "", family)
    if (!(family in part))
        part[family] = draw(5) ? "train" : "test"
    for (digit = 0; digit < 10; digit++)
        for (i = 0; i < clips; i++)
            print sprintf("%010d", draw(1000000000)), part[family], $1, digit, word[digit + 1], \
                accent[1 + draw(accents)], 130 + draw(100), 20 + draw(60), draw(600)
}
