package io.millrace.cluster;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A broker as the cluster knows it.
 *
 * @param id the broker's id, fixed for the life of its data directory
 * @param incarnation which life of the broker this is: grows by one with each start, so that messages of an earlier
 *     life can be told apart and refused
 * @param endpoints one per listener, in the order of the configuration
 * @param rack the failure domain, or null when none was configured
 */
public record BrokerInfo(
        int id,
        long incarnation,
        List<Endpoint> endpoints,
        @Nullable String rack) {
    public BrokerInfo {
        endpoints = List.copyOf(endpoints);
    }
}
