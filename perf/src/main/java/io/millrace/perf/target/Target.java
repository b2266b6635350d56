package io.millrace.perf.target;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A kind of broker that can be started as a process on a data folder. Immutable. */
public interface Target {
    String name();

    /** As it says itself. @throws IOException when it cannot be asked */
    String version() throws IOException;

    /** The flags that its own launcher gives to the JVM. */
    List<String> usualJvmOptions();

    /** Makes the data folder ready for a first start; on a folder that was used before it does nothing. */
    void prepare(BrokerSetup setup) throws IOException;

    /** The process to run. */
    List<String> commandLine(BrokerSetup setup, List<String> jvmOptions);

    /**
     * Where and how a broker runs.
     *
     * @param folder owned by the broker: its data is in {@code folder/data}
     * @param port of the client listener on 127.0.0.1
     * @param controllerPort of Kafka's controller listener, unused by Millrace
     * @param settings broker settings by Kafka's names
     */
    record BrokerSetup(Path folder, int port, int controllerPort, Map<String, String> settings) {
        public Path data() {
            return folder.resolve("data");
        }
    }
}
