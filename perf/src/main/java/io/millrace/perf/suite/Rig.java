package io.millrace.perf.suite;

import io.millrace.perf.process.Java;
import io.millrace.perf.target.RunningBroker;
import io.millrace.perf.target.Target;
import io.millrace.perf.target.Target.BrokerSetup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How a system is run in a scenario: every system of a run has the same, except for what it is.
 *
 * @param target what to run
 * @param folder of its own
 * @param settings of the broker beyond its defaults
 * @param jvmOptions of the broker
 * @param brokerCpus processors that it may use, in the notation of {@code taskset}
 * @param loadCpus processors that what drives it may use
 */
record Rig(
        Target target,
        Path folder,
        Map<String, String> settings,
        List<String> jvmOptions,
        String brokerCpus,
        String loadCpus) {

    /** With the JVM options that the broker's own launcher gives it, instead of the same for all. */
    Rig asLaunched() {
        return new Rig(target, folder, settings, target.usualJvmOptions(), brokerCpus, loadCpus);
    }

    /** On ports that are free now. */
    BrokerSetup setup() throws IOException {
        return RunningBroker.setup(folder, settings);
    }

    /** Starts the broker and waits until it accepts connections. */
    RunningBroker start() throws IOException {
        return RunningBroker.start(pinned(), setup(), jvmOptions);
    }

    /** The broker, on its processors. */
    Target pinned() {
        return new PinnedTarget(target, brokerCpus);
    }

    /** The command line of a load generator, on its processors. */
    List<String> loadLine(int heapMb, String mainClass, List<String> arguments) {
        List<String> line = new ArrayList<>(List.of("taskset", "-c", loadCpus, Java.executable()));
        line.addAll(List.of(
                "-Xms" + heapMb + "m",
                "-Xmx" + heapMb + "m",
                "-Duser.language=en",
                "-cp",
                Java.classPath(),
                mainClass));
        line.addAll(arguments);
        return line;
    }

    /** A broker that may use some processors only. */
    private record PinnedTarget(Target target, String cpus) implements Target {
        @Override
        public String name() {
            return target.name();
        }

        @Override
        public String version() throws IOException {
            return target.version();
        }

        @Override
        public List<String> usualJvmOptions() {
            return target.usualJvmOptions();
        }

        @Override
        public void prepare(BrokerSetup setup) throws IOException {
            target.prepare(setup);
        }

        @Override
        public List<String> commandLine(BrokerSetup setup, List<String> jvmOptions) {
            List<String> line = new ArrayList<>(List.of("taskset", "-c", cpus));
            line.addAll(target.commandLine(setup, jvmOptions));
            return line;
        }
    }
}
