package io.millrace.broker.config;

import org.jspecify.annotations.Nullable;

/**
 * One setting.
 *
 * @param name Kafka's name for it, or ours where Kafka has none
 * @param type what its values are
 * @param defaultValue its value when nobody sets it; null if that means "not set"
 * @param allowed which values of the type it may have
 * @param dynamic whether it can be changed while the broker runs
 * @param documentation one or two sentences for whoever sets it
 */
public record ConfigKey(
        String name,
        ConfigType type,
        @Nullable String defaultValue,
        Allowed allowed,
        boolean dynamic,
        String documentation) {

    /** A key that takes effect at the next start. */
    public static ConfigKey fixed(
            String name, ConfigType type, @Nullable String defaultValue, Allowed allowed, String documentation) {
        return new ConfigKey(name, type, defaultValue, allowed, false, documentation);
    }

    /** A key that takes effect at once. */
    public static ConfigKey dynamic(
            String name, ConfigType type, @Nullable String defaultValue, Allowed allowed, String documentation) {
        return new ConfigKey(name, type, defaultValue, allowed, true, documentation);
    }

    /** Whether the setting may have this value. */
    public boolean admits(String value) {
        Object parsed = type.parse(value);
        return parsed != null && allowed.test().test(parsed);
    }

    /** The value in the form of {@link ConfigType#parse}; it must be admitted. */
    Object parsed(String value) {
        Object parsed = type.parse(value);
        if (parsed == null || !allowed.test().test(parsed)) {
            throw new IllegalArgumentException(name + "=" + value + ": allowed is " + allowed.description());
        }
        return parsed;
    }
}
