package io.millrace.generator;

import java.util.Locale;

/** Names in the generated code. */
final class JavaNames {

    static final String WIRE_PACKAGE = "io.millrace.wire";
    static final String MESSAGE_PACKAGE = "io.millrace.wire.message";

    private JavaNames() {}

    /** {@code TopicId} to {@code topicId}. */
    static String field(String schemaName) {
        return schemaName.substring(0, 1).toLowerCase(Locale.ROOT) + schemaName.substring(1);
    }

    /** {@code ListOffsets} to {@code LIST_OFFSETS}. */
    static String constant(String name) {
        return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
    }
}
