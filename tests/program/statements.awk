# statements.awk -- how long the functions of a generated C file are: prints "STATEMENTS FUNCTION" for each. A
# statement ends with a semicolon; `if`, `else`, `for`, `while`, `do` and `switch` are statements of their own, whose
# parentheses may hold semicolons. Comments, strings, preprocessor lines and what stands outside functions do not
# count.

# A function begins where a brace at the margin follows a line with a parenthesis at the margin; before that stands
# its name.
function named(head) {
    gsub(/__attribute__ *\(\([^()]*(\([^()]*\)[^()]*)*\)\)/, "", head)
    sub(/ *\(.*/, "", head)
    sub(/.*[ *]/, "", head)
    return head
}

function strip(line,    from) {
    gsub(/"([^"\\]|\\.)*"|'([^'\\]|\\.)*'/, "0", line)
    gsub(/\/\*([^*]|\*+[^*\/])*\*+\//, "", line)
    if (comment) {
        from = index(line, "*/")
        if (!from)
            return ""
        line = substr(line, from + 2)
        comment = 0
    }
    from = index(line, "/*")
    if (from) {
        comment = 1
        line = substr(line, 1, from - 1)
    }
    sub(/\/\/.*/, "", line)
    return line
}

/^#/ && !comment { continued = /\\$/; next }
continued { continued = /\\$/; next }
{
    line = strip($0)
    if (!body && line ~ /^[A-Za-z_].*\(/)
        head = line
    if (!body && line ~ /^\{/ && head != "") {
        body = 1
        n = 0
        next
    }
    if (!body)
        next
    if (line ~ /^\}/) {
        print n, named(head)
        body = 0
        head = ""
        next
    }
    words = line
    n += gsub(/(^|[^A-Za-z0-9_])(if|else|for|while|do|switch)([^A-Za-z0-9_]|$)/, " ", words)
    # what is in parentheses ends nothing
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        depth += (c == "(") - (c == ")")
        n += c == ";" && !depth
    }
}
