package io.millrace.broker.handler;

import org.jspecify.annotations.Nullable;

/**
 * One change of one setting.
 *
 * @param value null for {@link Operation#DELETE}
 */
record ConfigStep(Operation operation, String key, @Nullable String value) {
    /** What to do with the setting; the ordinals are the protocol's ids. */
    enum Operation {
        SET,
        DELETE,
        APPEND,
        SUBTRACT,
        /** Any other id. */
        UNKNOWN;

        private static final Operation[] BY_ID = values();

        static Operation forId(byte id) {
            return id >= 0 && id < BY_ID.length ? BY_ID[id] : UNKNOWN;
        }
    }
}
