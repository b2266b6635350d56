package io.millrace.perf.suite;

import io.millrace.perf.BrokerOptions;
import io.millrace.perf.machine.MachineFacts;
import io.millrace.perf.result.Environment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.utils.AppInfoParser;

/** Says where a run takes place. */
final class Environments {
    private Environments() {}

    /** @param work folder of the brokers */
    static Environment of(RunPlan plan, Path work) throws IOException {
        Map<String, String> versions = new TreeMap<>();
        plan.all()
                .forEach(
                        each -> versions.put(each.target().name(), each.system().version()));
        versions.put("kafka-clients", AppInfoParser.getVersion());
        return new Environment(
                MachineFacts.cpu(),
                Runtime.getRuntime().availableProcessors(),
                MachineFacts.memoryBytes(),
                MachineFacts.kernel(),
                MachineFacts.disk(work),
                System.getProperty("java.vendor") + " " + Runtime.version(),
                MachineFacts.commit(BrokerOptions.home()),
                versions,
                plan.jvmOptions(),
                plan.brokerCpus(),
                plan.loadCpus());
    }
}
