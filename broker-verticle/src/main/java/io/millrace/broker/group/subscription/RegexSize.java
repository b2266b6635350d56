package io.millrace.broker.group.subscription;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * How large an expression becomes when it is compiled. RE2 takes any, and writes what is to be repeated as often as it is to be:
 * {@code (a{1000}){1000}} has fifteen characters and takes a hundred megabytes, and a thousand brackets within each other
 * overflow its stack. One use.
 *
 * <p>It need not know whether the expression is right. Where it does not understand, it counts too much rather than too little.
 */
final class RegexSize {

    /** Roughly characters. A list of a hundred topics has about a tenth of that. */
    static final int SIZE_MAX = 30_000;

    static final int DEPTH_MAX = 100;

    /** A class of characters is a table; that of all letters has hundreds of entries. */
    private static final int CLASS_SIZE = 20;

    private static final int DIGITS_MAX = 9;

    private final String regex;
    private final ArrayDeque<Long> outer = new ArrayDeque<>();
    private int at;

    /** Of the bracket that is open, without its last item. */
    private long size;

    /** Of the item that a repetition would repeat. */
    private long last;

    private int depth;

    private RegexSize(String regex) {
        this.regex = regex;
    }

    /** Null if the expression may be compiled. */
    static @Nullable String problemWith(String regex) {
        RegexSize measured = new RegexSize(regex);
        long size = measured.measure();
        if (measured.depth > DEPTH_MAX) {
            return "more than " + DEPTH_MAX + " brackets within each other";
        }
        return size > SIZE_MAX
                ? "too large, with its repetitions written out more than " + SIZE_MAX + " characters"
                : null;
    }

    private long measure() {
        while (at < regex.length()) {
            readItem();
        }
        long total = size + last;
        for (long each : outer) {
            total += each;
        }
        return total;
    }

    private void readItem() {
        char next = regex.charAt(at++);
        switch (next) {
            case '(' -> open();
            case ')' -> close();
            case '[' -> {
                skipClass();
                item(CLASS_SIZE);
            }
            case '{' -> repeat();
            case '\\' -> escape();
            default -> item(1);
        }
    }

    private void item(long itemSize) {
        size += last;
        last = itemSize;
    }

    private void open() {
        outer.push(size + last);
        size = 0;
        last = 0;
        depth = Math.max(depth, outer.size());
    }

    private void close() {
        long inner = size + last + 1;
        if (outer.isEmpty()) {
            // It is not right, and is not compiled for that.
            size = 0;
        } else {
            size = outer.pop();
        }
        last = inner;
    }

    /** As often as the larger of the two numbers says, if there are any. */
    private void repeat() {
        long times = 1;
        int end = at;
        while (end < regex.length() && (Character.isDigit(regex.charAt(end)) || regex.charAt(end) == ',')) {
            end++;
        }
        if (end == regex.length() || regex.charAt(end) != '}') {
            item(1);
            return;
        }
        for (String number : regex.substring(at, end).split(",", -1)) {
            if (number.length() > DIGITS_MAX) {
                times = SIZE_MAX;
            } else if (!number.isEmpty()) {
                times = Math.max(times, Long.parseLong(number));
            }
        }
        at = end + 1;
        last = Math.min(last * (times + 1), 2L * SIZE_MAX);
    }

    private void escape() {
        if (at == regex.length()) {
            return;
        }
        char escaped = regex.charAt(at++);
        if (escaped == 'Q') {
            int end = regex.indexOf("\\E", at);
            int stop = end < 0 ? regex.length() : end;
            item(stop - at);
            at = end < 0 ? stop : end + 2;
        } else if (escaped == 'p' || escaped == 'P') {
            int end = regex.startsWith("{", at) ? regex.indexOf('}', at) : at;
            at = end < 0 ? regex.length() : Math.min(end + 1, regex.length());
            item(CLASS_SIZE);
        } else {
            item(Character.isLetter(escaped) ? CLASS_SIZE : 1);
        }
    }

    /** Behind its bracket. A bracket that comes first belongs to it, and so do classes by name. */
    private void skipClass() {
        if (at < regex.length() && regex.charAt(at) == '^') {
            at++;
        }
        boolean first = true;
        while (at < regex.length() && (first || regex.charAt(at) != ']')) {
            first = false;
            int named = regex.startsWith("[:", at) ? regex.indexOf(":]", at + 2) : -1;
            if (named >= 0) {
                at = named + 2;
            } else {
                at += regex.charAt(at) == '\\' ? 2 : 1;
            }
        }
        at = Math.min(at + 1, regex.length());
    }
}
