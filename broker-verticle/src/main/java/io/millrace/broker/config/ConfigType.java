package io.millrace.broker.config;

import org.jspecify.annotations.Nullable;

/** The type of a setting, with the number that DescribeConfigs gives it. */
public enum ConfigType {
    BOOLEAN(1, "true or false"),
    STRING(2, "text"),
    INT(3, "a whole number of 32 bits"),
    LONG(5, "a whole number of 64 bits"),
    DOUBLE(6, "a number"),
    LIST(7, "a comma-separated list");

    private final byte wireId;
    private final String description;

    ConfigType(int wireId, String description) {
        this.wireId = (byte) wireId;
        this.description = description;
    }

    /** The type's number in a DescribeConfigs response. */
    public byte wireId() {
        return wireId;
    }

    /** What a value of this type looks like, in words. */
    public String description() {
        return description;
    }

    /** The value as Boolean, String, Integer, Long or Double, or null if the text is not of this type. */
    public @Nullable Object parse(String text) {
        String trimmed = text.trim();
        try {
            return switch (this) {
                case BOOLEAN -> parseBoolean(trimmed);
                case STRING, LIST -> trimmed;
                case INT -> Integer.valueOf(trimmed);
                case LONG -> Long.valueOf(trimmed);
                case DOUBLE -> Double.valueOf(trimmed);
            };
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static @Nullable Boolean parseBoolean(String text) {
        if (text.equalsIgnoreCase("true")) {
            return Boolean.TRUE;
        }
        return text.equalsIgnoreCase("false") ? Boolean.FALSE : null;
    }
}
