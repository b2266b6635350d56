package io.millrace.generator;

/**
 * Whether {@code version} lies in a range, as a Java expression that is as short as what is already known about the
 * version allows.
 */
record Condition(String expression, String negated) {

    private static final Condition ALWAYS = new Condition("true", "false");
    private static final Condition NEVER = new Condition("false", "true");

    /** @param possible what {@code version} can be where the expression stands */
    static Condition in(Versions range, Versions possible) {
        Versions both = range.intersect(possible);
        if (both.isEmpty()) {
            return NEVER;
        }
        boolean low = both.low() > possible.low();
        boolean high = both.high() < possible.high();
        if (!low && !high) {
            return ALWAYS;
        }
        if (both.low() == both.high()) {
            return new Condition("version == " + both.low(), "version != " + both.low());
        }
        String atLeast = "version >= " + both.low();
        String below = "version < " + both.low();
        String atMost = "version <= " + both.high();
        String above = "version > " + both.high();
        if (low && high) {
            return new Condition(atLeast + " && " + atMost, "(" + below + " || " + above + ")");
        }
        return low ? new Condition(atLeast, below) : new Condition(atMost, above);
    }

    boolean isAlways() {
        return equals(ALWAYS);
    }

    boolean isNever() {
        return equals(NEVER);
    }

    boolean depends() {
        return !isAlways() && !isNever();
    }
}
