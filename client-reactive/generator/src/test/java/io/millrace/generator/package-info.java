/** Tests of the generator. */
@NullMarked
package io.millrace.generator;

import org.jspecify.annotations.NullMarked;
