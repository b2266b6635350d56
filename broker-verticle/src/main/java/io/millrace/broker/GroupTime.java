package io.millrace.broker;

import static io.millrace.broker.config.ConfigKey.dynamic;
import static io.millrace.broker.config.ConfigType.INT;

import io.millrace.broker.config.ConfigEntry;
import io.millrace.broker.config.ConfigEntry.Source;
import io.millrace.broker.config.ConfigEntry.Synonym;
import io.millrace.broker.config.ConfigKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A time in milliseconds that a group may set for itself, within bounds that the broker sets.
 *
 * @param key the group's key
 * @param brokerKey what holds for groups that do not set it
 * @param minKey the broker's lower bound, which is allowed
 * @param maxKey the broker's upper bound, which is allowed
 */
record GroupTime(ConfigKey key, String brokerKey, String minKey, String maxKey) {

    /** A group may set what the broker may, within the bounds. */
    static GroupTime of(String name, String brokerKey, String minKey, String maxKey, String documentation) {
        ConfigKey key = ConfigKeys.TABLE.key(brokerKey);
        return new GroupTime(
                dynamic(name, INT, key.defaultValue(), key.allowed(), documentation), brokerKey, minKey, maxKey);
    }

    String name() {
        return key.name();
    }

    /** What a group with these explicit settings has set, or else the broker's. */
    int wished(Map<String, String> own, BrokerConfig broker) {
        String value = own.get(name());
        return value == null ? broker.integer(brokerKey) : Integer.parseInt(value.trim());
    }

    /** The same within the bounds, which may be narrower than when the group set it. */
    int effective(Map<String, String> own, BrokerConfig broker) {
        return Math.max(broker.integer(minKey), Math.min(broker.integer(maxKey), wished(own, broker)));
    }

    /** Why a group cannot have these explicit settings, in Kafka's words, or null if this time is within its bounds. */
    @Nullable
    String problemWith(Map<String, String> own, BrokerConfig broker) {
        return problemWith(name(), wished(own, broker), broker);
    }

    /** Why the broker's settings for this time contradict each other, in Kafka's words, or null if they do not. */
    @Nullable
    String conflictIn(BrokerConfig broker) {
        int min = broker.integer(minKey);
        return broker.integer(maxKey) < min
                ? atLeastMessage(maxKey, min)
                : problemWith(brokerKey, broker.integer(brokerKey), broker);
    }

    /** The value with every place that gives it one. */
    ConfigEntry describe(Map<String, String> own, BrokerConfig broker) {
        List<Synonym> synonyms = new ArrayList<>();
        String value = own.get(name());
        if (value != null) {
            synonyms.add(new Synonym(name(), value, Source.GROUP));
        }
        synonyms.addAll(broker.synonyms(brokerKey));
        Synonym winner = synonyms.get(0);
        return new ConfigEntry(
                name(), winner.value(), key.type(), winner.source(), false, key.documentation(), synonyms);
    }

    private @Nullable String problemWith(String name, int value, BrokerConfig broker) {
        int min = broker.integer(minKey);
        int max = broker.integer(maxKey);
        if (value < min) {
            return atLeastMessage(name, min);
        }
        return value > max ? name + " must be less than or equal to " + maxKey + ", which is " + max : null;
    }

    private String atLeastMessage(String name, int min) {
        return name + " must be greater than or equal to " + minKey + ", which is " + min;
    }
}
