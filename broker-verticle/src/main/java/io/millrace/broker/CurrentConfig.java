package io.millrace.broker;

import io.millrace.cluster.ClusterImage;
import java.util.Map;

/**
 * A broker's configuration as the metadata log has it now: what it was started with, and the changes at run time over
 * it. Any thread.
 */
public final class CurrentConfig {
    /** What {@link BrokerConfig#withDynamic} made of two maps; the maps are compared by identity. */
    private record Known(Map<String, String> forAll, Map<String, String> own, BrokerConfig config) {}

    private final BrokerConfig started;
    private final String brokerId;
    private volatile Known known;

    public CurrentConfig(BrokerConfig started) {
        this.started = started;
        this.brokerId = Integer.toString(started.brokerId());
        this.known = new Known(Map.of(), Map.of(), started);
    }

    /** The configuration in effect when the cluster looks like this; the same object as long as it does not change. */
    public BrokerConfig at(ClusterImage image) {
        Map<String, String> forAll = image.brokerConfigs("");
        Map<String, String> own = image.brokerConfigs(brokerId);
        Known last = known;
        if (last.forAll != forAll || last.own != own) {
            last = new Known(forAll, own, started.withDynamic(forAll, own));
            known = last;
        }
        return last.config;
    }
}
