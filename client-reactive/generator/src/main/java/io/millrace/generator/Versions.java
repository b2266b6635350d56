package io.millrace.generator;

/**
 * A range of versions, both ends included; empty when {@code low} is above {@code high}.
 *
 * @param high {@link Short#MAX_VALUE} if the range is open
 */
record Versions(int low, int high) {

    static final Versions NONE = new Versions(0, -1);

    /** Reads {@code "3"}, {@code "0-7"}, {@code "2+"} or {@code "none"}. */
    static Versions parse(String text) {
        String trimmed = text.trim();
        if (trimmed.equals("none")) {
            return NONE;
        }
        try {
            if (trimmed.endsWith("+")) {
                return new Versions(Integer.parseInt(trimmed.substring(0, trimmed.length() - 1)), Short.MAX_VALUE);
            }
            int dash = trimmed.indexOf('-');
            if (dash < 0) {
                int only = Integer.parseInt(trimmed);
                return new Versions(only, only);
            }
            return new Versions(
                    Integer.parseInt(trimmed.substring(0, dash)), Integer.parseInt(trimmed.substring(dash + 1)));
        } catch (NumberFormatException e) {
            throw new SchemaException("'" + text + "' is no range of versions");
        }
    }

    boolean isEmpty() {
        return low > high;
    }

    boolean contains(Versions other) {
        return other.isEmpty() || (low <= other.low && other.high <= high);
    }

    Versions intersect(Versions other) {
        Versions both = new Versions(Math.max(low, other.low), Math.min(high, other.high));
        return both.isEmpty() ? NONE : both;
    }

    /** For documentation: {@code "2"}, {@code "0 to 7"}, {@code "2 and later"}. */
    String describe() {
        if (isEmpty()) {
            return "none";
        }
        if (low == high) {
            return String.valueOf(low);
        }
        return high == Short.MAX_VALUE ? low + " and later" : low + " to " + high;
    }
}
