package io.millrace.broker.config;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The keys that one kind of thing (a broker, a topic) understands, in the order in which they are documented. */
public final class ConfigTable {
    /** A misspelling is at most this far from what was meant. */
    private static final int NEAR = 4;

    private final Map<String, ConfigKey> byName = new LinkedHashMap<>();

    public ConfigTable(List<ConfigKey> keys) {
        for (ConfigKey key : keys) {
            ConfigKey twin = byName.put(key.name(), key);
            assert twin == null : key.name() + " is defined twice";
            assert key.defaultValue() == null || key.admits(key.defaultValue()) : key.name();
        }
    }

    public @Nullable ConfigKey find(String name) {
        return byName.get(name);
    }

    /** The key that must exist, since our own code names it. */
    public ConfigKey key(String name) {
        ConfigKey key = byName.get(name);
        if (key == null) {
            throw new IllegalArgumentException("no configuration key " + name);
        }
        return key;
    }

    public Collection<ConfigKey> keys() {
        return byName.values();
    }

    /** The known key that an unknown one was probably meant to be, or null if none is close. */
    public @Nullable String nearest(String unknown) {
        String best = null;
        int bestDistance = Math.min(NEAR, unknown.length() / 2) + 1;
        for (String name : byName.keySet()) {
            int distance = EditDistance.between(unknown, name);
            if (distance < bestDistance) {
                best = name;
                bestDistance = distance;
            }
        }
        return best;
    }
}
