package io.millrace.broker.group.api;

import io.millrace.broker.dispatch.RequestContext;

/** Who a member is, for its member id and for tools. */
final class Clients {

    private Clients() {}

    static String id(RequestContext context) {
        String id = context.clientId();
        return id == null ? "" : id;
    }

    /** As Kafka writes an address without a name. */
    static String host(RequestContext context) {
        return "/" + context.connection().remote().hostAddress();
    }
}
