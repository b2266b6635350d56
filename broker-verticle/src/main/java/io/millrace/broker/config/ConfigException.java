package io.millrace.broker.config;

import java.util.List;

/** A configuration that cannot be used: every problem found, one line each, fit for whoever wrote it. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final List<String> problems;

    public ConfigException(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}
