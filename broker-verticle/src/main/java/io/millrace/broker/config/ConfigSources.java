package io.millrace.broker.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Gathers settings from where they may be written. What comes later wins: the file, then the environment, then the
 * command line.
 */
public final class ConfigSources {
    /** {@code MILLRACE_LOG_DIRS=/x} stands for {@code log.dirs=/x}. */
    static final String PREFIX = "MILLRACE_";

    /** Read by the launcher script. */
    private static final String LAUNCHER_OPTIONS = "MILLRACE_JAVA_OPTS";

    private final Map<String, String> values = new TreeMap<>();
    private final Map<String, String> origins = new HashMap<>();

    /** Adds the settings of a properties file in UTF-8. */
    public ConfigSources file(Path path) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (NoSuchFileException e) {
            throw new ConfigException(List.of("the configuration file " + path + " does not exist"));
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigException(List.of("the configuration file " + path + " cannot be read: " + e));
        }
        for (String name : properties.stringPropertyNames()) {
            put(name, properties.getProperty(name), "file " + path);
        }
        return this;
    }

    /**
     * Adds the environment's variables that start with {@code MILLRACE_}.
     *
     * <p>Kubernetes gives every container variables such as {@code MILLRACE_SERVICE_HOST} and
     * {@code MILLRACE_PORT_9092_TCP} when a service is called "millrace". They are no settings of ours.
     */
    public ConfigSources environment(Map<String, String> environment) {
        environment.forEach((name, value) -> {
            boolean ours = name.startsWith(PREFIX)
                    && !name.equals(LAUNCHER_OPTIONS)
                    && !name.matches("MILLRACE_(SERVICE|PORT)(_.*)?");
            if (ours) {
                String key =
                        name.substring(PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '.');
                put(key, value, "environment variable " + name);
            }
        });
        return this;
    }

    /** Adds the settings of the command line. */
    public ConfigSources commandLine(Map<String, String> settings) {
        settings.forEach((name, value) -> put(name, value, "--set"));
        return this;
    }

    /** Adds the settings that a program gives. */
    public ConfigSources programmatic(Map<String, String> settings) {
        settings.forEach((name, value) -> put(name, value, "given by the program"));
        return this;
    }

    /** The settings by key. */
    public Map<String, String> values() {
        return values;
    }

    /** Where the winning value of a key was written, or null if nobody wrote it. */
    public @Nullable String originOf(String key) {
        return origins.get(key);
    }

    private void put(String name, String value, String origin) {
        values.put(name, value);
        origins.put(name, origin);
    }
}
