package io.millrace.broker.config;

import java.util.List;
import java.util.function.Predicate;

/**
 * Which values of its type a setting may have.
 *
 * @param description completes the sentence "allowed: ..."
 * @param test sees the parsed value, see {@link ConfigType#parse}
 */
public record Allowed(String description, Predicate<Object> test) {
    /** Every value of the type. */
    public static Allowed any(ConfigType type) {
        return new Allowed(type.description(), value -> true);
    }

    /** Text that is not empty. */
    public static Allowed nonEmpty() {
        return new Allowed("text that is not empty", value -> !value.toString().isEmpty());
    }

    public static Allowed atLeast(long least) {
        return new Allowed("a whole number of at least " + least, value -> ((Number) value).longValue() >= least);
    }

    public static Allowed positive() {
        return new Allowed("a number above 0", value -> ((Number) value).doubleValue() > 0);
    }

    public static Allowed between(double least, double most) {
        return new Allowed("a number from " + plain(least) + " to " + plain(most), value -> {
            double number = ((Number) value).doubleValue();
            return number >= least && number <= most;
        });
    }

    /** This, or the one number {@code other}. */
    public Allowed or(long other) {
        return new Allowed(
                description + ", or " + other, value -> ((Number) value).longValue() == other || test.test(value));
    }

    /** This value and no other. */
    public static Allowed only(String value) {
        return new Allowed(
                value.isEmpty() ? "the empty text only" : value + " only",
                each -> each.toString().equals(value));
    }

    public static Allowed oneOf(String... values) {
        List<String> all = List.of(values);
        return new Allowed("one of " + String.join(", ", all), value -> all.contains(value.toString()));
    }

    /** A list, possibly empty, of these words. */
    public static Allowed listOf(String... values) {
        List<String> all = List.of(values);
        return new Allowed("a list of " + String.join(", ", all), value -> all.containsAll(items(value.toString())));
    }

    /** The items of a comma-separated list without the white space around them. */
    public static List<String> items(String list) {
        return list.isBlank() ? List.of() : List.of(list.trim().split("\\s*,\\s*", -1));
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }
}
