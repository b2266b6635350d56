package io.millrace.perf.result;

import java.util.List;
import java.util.Map;

/**
 * Where a run took place, so that its figures can be judged later.
 *
 * @param cpu model of the processor, as the kernel says
 * @param cores processors that the kernel sees
 * @param memoryBytes of the machine
 * @param kernel name and release
 * @param disk device and file system below the data of the brokers, with the mount options
 * @param java version and vendor of the JVM that runs brokers and load
 * @param commit of the sources, with {@code -dirty} behind it if they were changed, or {@code unknown}
 * @param versions of what takes part, by name
 * @param brokerJvmOptions the same for every broker, unless a scenario says otherwise
 * @param brokerCpus processors that brokers may use, in the notation of {@code taskset}
 * @param loadCpus processors that load generators may use
 */
public record Environment(
        String cpu,
        int cores,
        long memoryBytes,
        String kernel,
        String disk,
        String java,
        String commit,
        Map<String, String> versions,
        List<String> brokerJvmOptions,
        String brokerCpus,
        String loadCpus) {}
