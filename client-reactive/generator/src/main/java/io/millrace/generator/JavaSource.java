package io.millrace.generator;

/** Java text that grows line by line, with the indentation of the block that is open. */
final class JavaSource {

    static final int COLUMNS_MAX = 120;

    private static final String INDENT = "    ";

    private final StringBuilder text = new StringBuilder();
    private int depth;

    /** A line. If it is too long it is broken after its first parenthesis, and if need be after every comma. */
    JavaSource line(String line) {
        int parenthesis = line.indexOf('(') + 1;
        if (fits(line) || parenthesis == 0) {
            return put(line);
        }
        String indent = line.substring(0, line.length() - line.stripLeading().length()) + INDENT.repeat(2);
        put(line.substring(0, parenthesis));
        String arguments = indent + line.substring(parenthesis);
        return put(fits(arguments) ? arguments : arguments.replace(", ", ",\n" + INDENT.repeat(depth) + indent));
    }

    private JavaSource put(String line) {
        text.append(INDENT.repeat(depth)).append(line).append('\n');
        return this;
    }

    JavaSource blank() {
        text.append('\n');
        return this;
    }

    /** Opens a block. */
    JavaSource open(String head) {
        line(head + " {");
        depth++;
        return this;
    }

    /** Ends the open block and opens the next one on the same line. */
    JavaSource reopen(String head) {
        depth--;
        line("} " + head + " {");
        depth++;
        return this;
    }

    JavaSource close() {
        return close("");
    }

    /** Ends a block that is part of a statement. */
    JavaSource close(String rest) {
        depth--;
        return line("}" + rest);
    }

    /** A statement, broken before its operands if it is too long for a line. */
    JavaSource choice(String target, String condition, String then, String otherwise) {
        String whole = target + " = " + condition + " ? " + then + " : " + otherwise + ";";
        if (fits(whole)) {
            return line(whole);
        }
        line(target + " = " + condition);
        line(INDENT.repeat(2) + "? " + then);
        return line(INDENT.repeat(2) + ": " + otherwise + ";");
    }

    /** A Javadoc comment, wrapped. Characters that mean something in HTML or Javadoc are escaped. */
    JavaSource javadoc(String comment) {
        String escaped = escape(comment);
        if (fits("/** " + escaped + " */")) {
            return line("/** " + escaped + " */");
        }
        line("/**");
        StringBuilder current = new StringBuilder(" *");
        for (String word : escaped.split(" ")) {
            if (!fits(current + " " + word)) {
                line(current.toString());
                current = new StringBuilder(" *");
            }
            current.append(' ').append(word);
        }
        line(current.toString());
        return line(" */");
    }

    private boolean fits(String line) {
        return depth * INDENT.length() + line.length() <= COLUMNS_MAX;
    }

    private static String escape(String comment) {
        return comment.trim()
                .replaceAll("\\s+", " ")
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("@", "&#64;")
                .replace("*/", "*&#47;");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
