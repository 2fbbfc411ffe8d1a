/* SPDX-License-Identifier: MIT */
/*
 * A stand-in for the part's header: the registers of the Ethernet controller that the driver uses.
 * On a board it is ST's. Here the registers are memory that the model in mac.c watches.
 *
 * Reference: ST RM0385 (STM32F75xxx and STM32F74xxx), chapter 38 "Ethernet (ETH)".
 */
#ifndef STM32F7XX_H
#define STM32F7XX_H

#include <core_cm7.h>

typedef struct {
	__IO uint32_t MACCR;
	__IO uint32_t DMATPDR; /**< any write: look at the transmit ring again */
	__IO uint32_t DMARPDR; /**< any write: look at the receive ring again */
	__IO uint32_t DMARDLAR, DMATDLAR;
	__IO uint32_t DMAOMR;
} ETH_TypeDef;

#define ETH_MACCR_RE  (1u << 2)
#define ETH_MACCR_TE  (1u << 3)
#define ETH_DMAOMR_SR (1u << 1)
#define ETH_DMAOMR_ST (1u << 13)

extern ETH_TypeDef mac_registers;
#define ETH (&mac_registers)

#endif
