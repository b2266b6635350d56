package io.millrace.broker.group.consumer;

import java.util.Arrays;
import java.util.Locale;

/** Which way a group may change its protocol while it has members: {@code group.consumer.migration.policy}. */
public enum MigrationPolicy {
    DISABLED,
    UPGRADE,
    DOWNGRADE,
    BIDIRECTIONAL;

    /** What is written in settings. */
    public String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static String[] titles() {
        return Arrays.stream(values()).map(MigrationPolicy::title).toArray(String[]::new);
    }

    /** @param title one of {@link #titles} */
    public static MigrationPolicy titled(String title) {
        return valueOf(title.toUpperCase(Locale.ROOT));
    }

    /** Whether members of both protocols may be in a group. */
    boolean mixes() {
        return this != DISABLED;
    }

    boolean upgrades() {
        return this == UPGRADE || this == BIDIRECTIONAL;
    }

    boolean downgrades() {
        return this == DOWNGRADE || this == BIDIRECTIONAL;
    }
}
