/** Membership and assignment without sockets: against a model of a coordinator, and beside the assignors of Kafka. */
@NullMarked
package io.millrace.client.group;

import org.jspecify.annotations.NullMarked;
