/** The producer without sockets: random runs against a model of a broker, and the reasons of each error one by one. */
@NullMarked
package io.millrace.client.producer;

import org.jspecify.annotations.NullMarked;
