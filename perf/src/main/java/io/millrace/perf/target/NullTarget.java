package io.millrace.perf.target;

import io.millrace.perf.nullbroker.NullBroker;
import io.millrace.perf.process.Java;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** The null broker: answers producers and stores nothing. It knows no settings. */
public record NullTarget() implements Target {
    @Override
    public String name() {
        return "null";
    }

    /** It is part of the harness, and has no version of its own. */
    @Override
    public String version() {
        return "";
    }

    @Override
    public List<String> usualJvmOptions() {
        return List.of("-Xmx512m");
    }

    @Override
    public void prepare(BrokerSetup setup) throws IOException {
        Files.createDirectories(setup.folder());
    }

    @Override
    public List<String> commandLine(BrokerSetup setup, List<String> jvmOptions) {
        List<String> line = new ArrayList<>();
        line.add(Java.executable());
        line.addAll(jvmOptions);
        line.addAll(List.of("-cp", Java.classPath(), NullBroker.class.getName(), Integer.toString(setup.port())));
        return line;
    }
}
