package io.millrace.broker.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One setting with its value and the reasons for it, as DescribeConfigs reports them.
 *
 * @param value the effective value, or null if not set
 * @param source where it comes from
 * @param readOnly whether AlterConfigs may not change it
 * @param synonyms every place that gives it a value, the one that wins first
 */
public record ConfigEntry(
        String name,
        @Nullable String value,
        ConfigType type,
        Source source,
        boolean readOnly,
        String documentation,
        List<Synonym> synonyms) {

    public ConfigEntry {
        synonyms = List.copyOf(synonyms);
    }

    /** A value under a name that leads to the setting. */
    public record Synonym(String name, @Nullable String value, Source source) {}

    /** Where a value comes from, with the number that DescribeConfigs gives it. */
    public enum Source {
        TOPIC(1),
        DYNAMIC_BROKER(2),
        DYNAMIC_BROKER_DEFAULT(3),
        STATIC_BROKER(4),
        DEFAULT(5),
        GROUP(8);

        private final byte wireId;

        Source(int wireId) {
            this.wireId = (byte) wireId;
        }

        public byte wireId() {
            return wireId;
        }
    }
}
